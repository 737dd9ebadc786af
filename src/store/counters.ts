import type { Counters, RunSummary } from './run-summary.ts';

const KEYS = [
  ...['invocations', 'records', 'bytes', 'deadLetters', 'dynamodbRequests'],
  ...['failures', 'durationMs', 'writeUnits', 'readUnits'],
] as ReadonlyArray<keyof Counters>;

const each = (measure: (key: keyof Counters) => number): Counters =>
  Object.fromEntries(KEYS.map((key) => [key, measure(key)])) as unknown as Counters;

export const NOTHING_COUNTED: Counters = each(() => 0);

/** Returns `counters + factor × others`, counter by counter. */
export const plus = (counters: Counters, others: Counters, factor = 1): Counters =>
  each((key) => (counters[key] ?? 0) + factor * (others[key] ?? 0));

export const sumOf = (all: readonly Counters[]): Counters => all.reduce((sum, one) => plus(sum, one), NOTHING_COUNTED);

/** Returns the memory of the function that ran the latest of these tasks, in MiB. Undefined where no function did. */
export function memoryOf(tasks: ReadonlyArray<{ readonly lastRun?: Pick<RunSummary, 'endedAt' | 'memoryMb'> }>): number | undefined {
  const runs = tasks.flatMap(({ lastRun }) => lastRun ?? []);
  return runs.toSorted((a, b) => b.endedAt - a.endedAt)[0]?.memoryMb;
}
