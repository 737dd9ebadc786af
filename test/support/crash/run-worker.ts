import path from 'node:path';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { Child } from '../child-process.ts';
import type { WorkerOrder } from './worker-process.ts';

/** `npm test` bundles it. */
const SCRIPT = process.env.TEST_WORKER ?? path.join(import.meta.dirname, 'worker-process.ts');

export interface WorkerReport {
  readonly outcome: TaskOutcome;
  /** How often each method was called that a worker can be killed at. */
  readonly calls: Readonly<Record<string, number>>;
  /** Bytes that the process held at its peak. */
  readonly mostMemory: number;
}

export interface WorkerEnd extends Partial<WorkerReport> {
  /** The signal that ended it, null when it came to its end. */
  readonly signal: NodeJS.Signals | null;
}

export const startWorker = (order: WorkerOrder): Child => new Child(SCRIPT, [JSON.stringify(order)]);

/** What a worker says that came to its end; undefined where it said nothing. */
export function reportOf({ lines }: Child): WorkerReport | undefined {
  const line = lines.find((text) => text.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as WorkerReport);
}

/** Runs a worker to its end or death; throws when it failed by itself. */
export async function runWorker(order: WorkerOrder): Promise<WorkerEnd> {
  await using child = startWorker(order);
  const { code, signal } = await child.exited;
  if (signal === null && code !== 0) throw new Error(`worker failed: ${child.stderr}`);
  return { signal, ...reportOf(child) };
}
