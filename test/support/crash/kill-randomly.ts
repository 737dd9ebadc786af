import { setTimeout as sleep } from 'node:timers/promises';
import { reportOf, startWorker } from './run-worker.ts';
import type { WorkerOrder } from './worker-process.ts';

/** Long, because a busy machine takes seconds to start a worker. */
export const WORKER_DEADLINE_MS = 150_000;
/** The leases of workers with that deadline are over after this. */
export const LEASE_OVER_MS = 2 * WORKER_DEADLINE_MS;

export interface Killed {
  /** Workers that were killed; fewer than asked for where one came to its end. */
  readonly kills: number;
  /** How far the clock of the next worker must be ahead to find the lease over. */
  readonly laterMs: number;
}

/**
 * Starts one worker after the other and kills each (SIGKILL) at any time within `maxLifeMs` after it began to send. `more` makes new work
 * where one came to its end, because this process was too busy to kill it in time; without it, that is the end.
 */
export async function killRandomly(
  order: WorkerOrder,
  kills: number,
  maxLifeMs: number,
  { onKill = (_: number) => {}, more }: { readonly onKill?: (kills: number) => void; readonly more?: () => Promise<void> } = {},
): Promise<Killed> {
  for (let killed = 0; killed < kills; ) {
    await using worker = startWorker({ ...order, laterMs: killed * LEASE_OVER_MS });
    await worker.line(/^(sending$|\{)/);
    await sleep(Math.random() * maxLifeMs);
    worker.kill('SIGKILL');
    const { signal } = await worker.exited;
    if (signal === 'SIGKILL') {
      killed += 1;
      onKill(killed);
    } else if (more === undefined) return { kills: killed, laterMs: killed * LEASE_OVER_MS };
    else if (reportOf(worker)?.outcome.outcome === 'ran') await more();
    else throw new Error(`a worker ended by itself: ${worker.lines.join('\n')} ${worker.stderr}`);
  }
  return { kills, laterMs: kills * LEASE_OVER_MS };
}
