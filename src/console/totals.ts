import type { TaskStatus } from '../runtime/planner-api.ts';

type CountedTask = Pick<TaskStatus, 'lastRecordAt'> & {
  readonly counters: Pick<TaskStatus['counters'], 'records'>;
  readonly lastRun?: Pick<NonNullable<TaskStatus['lastRun']>, 'lagRecords' | 'lagMs'>;
};

export interface Totals {
  readonly records: number;
  /** Records that were left after the last runs. */
  readonly lagRecords?: number;
  /** The largest age of a change that was left, in ms. */
  readonly lagMs?: number;
  /** When the last run ended that copied records, ms since 1970. */
  readonly lastRecordAt?: number;
}

/** What the tasks of a connector say together. What no task knows is absent. */
export function totalsOf(tasks: readonly CountedTask[]): Totals {
  const known = (of: (task: CountedTask) => number | undefined) => tasks.flatMap((task) => of(task) ?? []);
  const lagRecords = known(({ lastRun }) => lastRun?.lagRecords);
  const lagMs = known(({ lastRun }) => lastRun?.lagMs);
  const lastRecords = known(({ lastRecordAt }) => lastRecordAt);
  return {
    records: tasks.reduce((sum, { counters }) => sum + counters.records, 0),
    ...(lagRecords.length > 0 && { lagRecords: lagRecords.reduce((sum, lag) => sum + lag, 0) }),
    ...(lagMs.length > 0 && { lagMs: Math.max(...lagMs) }),
    ...(lastRecords.length > 0 && { lastRecordAt: Math.max(...lastRecords) }),
  };
}
