import { setTimeout as sleep } from 'node:timers/promises';
import { adminCode, RefusedRequest, type RemotingServer } from './remoting-server.ts';

interface RuntimeInfo {
  readonly table: Readonly<Record<string, string>>;
}

const LIMIT_MS = 60_000;

/**
 * Resolves when the queues hold everything that the broker had acknowledged before the call. The broker acknowledges first and fills the
 * queues later.
 */
export async function dispatched(broker: RemotingServer): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  const { stored } = await firstState(broker, deadline);
  for (; (await storeState(broker)).dispatched < stored; await sleep(5))
    if (Date.now() > deadline) throw new Error(`the broker's queues do not hold what it acknowledged ${LIMIT_MS / 1000} s ago`);
}

/** A broker that has just started refuses until it has its first statistics. */
async function firstState(broker: RemotingServer, deadline: number): ReturnType<typeof storeState> {
  for (;;) {
    try {
      return await storeState(broker);
    } catch (error) {
      if (!(error instanceof RefusedRequest) || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function storeState(broker: RemotingServer): Promise<{ readonly stored: number; readonly dispatched: number }> {
  const { body } = await broker.request(adminCode.GET_BROKER_RUNTIME_INFO, {});
  const { table } = JSON.parse(body.toString('utf8')) as RuntimeInfo;
  const stored = Number(table.commitLogMaxOffset);
  return { stored, dispatched: stored - Number(table.dispatchBehindBytes) };
}
