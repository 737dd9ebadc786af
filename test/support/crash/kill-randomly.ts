import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from './run-worker.ts';
import type { WorkerOrder } from './worker-process.ts';

/** Long, because a busy machine takes seconds to start a worker. */
export const WORKER_DEADLINE_MS = 60_000;
/** The leases of workers with that deadline are over after this. */
export const LEASE_OVER_MS = 2 * WORKER_DEADLINE_MS;

export interface Killed {
  /** Workers that were killed; fewer than asked for where one came to its end. */
  readonly kills: number;
  /** How far the clock of the next worker must be ahead to find the lease over. */
  readonly laterMs: number;
}

/** Starts one worker after the other and kills each (SIGKILL) at any time within `maxLifeMs` after it began to send. */
export async function killRandomly(order: WorkerOrder, kills: number, maxLifeMs: number, onKill = (_: number) => {}): Promise<Killed> {
  for (let killed = 0; killed < kills; killed += 1) {
    await using worker = startWorker({ ...order, laterMs: killed * LEASE_OVER_MS });
    await worker.line(/^sending$/);
    await sleep(Math.random() * maxLifeMs);
    worker.kill('SIGKILL');
    if ((await worker.exited).signal !== 'SIGKILL') return { kills: killed, laterMs: killed * LEASE_OVER_MS };
    onKill(killed + 1);
  }
  return { kills, laterMs: kills * LEASE_OVER_MS };
}
