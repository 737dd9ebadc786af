import type { TaskStatus } from '../../src/runtime/planner-api.ts';

export interface Totals {
  readonly records: number;
  readonly deadLetters: number;
  readonly partitions: number;
  /** ms since 1970. */
  readonly lastRecordAt?: number;
  readonly lag: { readonly lagRecords?: number; readonly lagMs?: number };
}

/** What the tasks of a connector say together. What no task knows is absent. */
export function totalsOf(tasks: readonly TaskStatus[]): Totals {
  const sum = (of: (task: TaskStatus) => number) => tasks.reduce((total, task) => total + of(task), 0);
  const known = (of: (task: TaskStatus) => number | undefined) => tasks.flatMap((task) => of(task) ?? []);
  const lastRecords = known(({ lastRecordAt }) => lastRecordAt);
  const lagRecords = known(({ lastRun }) => lastRun?.lagRecords);
  const lagMs = known(({ lastRun }) => lastRun?.lagMs);
  return {
    records: sum(({ counters }) => counters.records),
    deadLetters: sum(({ counters }) => counters.deadLetters),
    partitions: sum(({ partitions }) => partitions.length),
    ...(lastRecords.length > 0 && { lastRecordAt: Math.max(...lastRecords) }),
    lag: {
      ...(lagRecords.length > 0 && { lagRecords: lagRecords.reduce((total, lag) => total + lag, 0) }),
      ...(lagMs.length > 0 && { lagMs: Math.max(...lagMs) }),
    },
  };
}
