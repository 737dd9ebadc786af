import { setTimeout as sleep } from 'node:timers/promises';
import { adminCode, type RemotingServer } from './remoting-server.ts';

interface RuntimeInfo {
  readonly table: Readonly<Record<string, string>>;
}

const LIMIT_MS = 30_000;

/** Resolves when the queues hold all that the broker had acknowledged before the call: it acknowledges first, and fills the queues after. */
export async function dispatched(broker: RemotingServer): Promise<void> {
  const { stored } = await storeState(broker);
  for (const deadline = Date.now() + LIMIT_MS; (await storeState(broker)).dispatched < stored; await sleep(5))
    if (Date.now() > deadline) throw new Error(`the broker's queues do not hold what it acknowledged ${LIMIT_MS / 1000} s ago`);
}

async function storeState(broker: RemotingServer): Promise<{ readonly stored: number; readonly dispatched: number }> {
  const { body } = await broker.request(adminCode.GET_BROKER_RUNTIME_INFO, {});
  const { table } = JSON.parse(body.toString('utf8')) as RuntimeInfo;
  const stored = Number(table.commitLogMaxOffset);
  return { stored, dispatched: stored - Number(table.dispatchBehindBytes) };
}
