import path from 'node:path';
import type { TaskOutcome } from '../../../src/runtime/contracts.ts';
import { Child } from '../child-process.ts';
import type { WorkerOrder } from './worker-process.ts';

const SCRIPT = path.join(import.meta.dirname, 'worker-process.ts');

export interface WorkerEnd {
  /** The signal that ended it, null when it came to its end. */
  readonly signal: NodeJS.Signals | null;
  readonly outcome?: TaskOutcome;
}

export const startWorker = (order: WorkerOrder): Child => new Child(SCRIPT, [JSON.stringify(order)]);

/** Runs a worker to its end or death; throws when it failed by itself. */
export async function runWorker(order: WorkerOrder): Promise<WorkerEnd> {
  await using child = startWorker(order);
  const { code, signal } = await child.exited;
  if (signal === null && code !== 0) throw new Error(`worker failed: ${child.stderr}`);
  const line = child.lines.at(-1);
  return { signal, ...(line === undefined ? {} : { outcome: JSON.parse(line) as TaskOutcome }) };
}
