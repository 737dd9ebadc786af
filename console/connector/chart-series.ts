import type { PricedRun } from '../../src/console/answers.ts';

export interface Series {
  /** The middle of each stretch of time, in seconds since 1970. */
  readonly times: readonly number[];
  /** Records a second in each stretch. */
  readonly throughput: readonly number[];
  /** Records that were left at the end of each stretch; null before any run has said so. */
  readonly lag: ReadonlyArray<number | null>;
}

const STRETCHES = 80;
const LEAST_MS = 1_000;

/**
 * Returns what runs copied and left over time, in stretches of equal length. A run's records are spread evenly over its time. The lag is
 * that of the last run of each task.
 */
export function seriesOf(runs: readonly PricedRun[], stretches = STRETCHES): Series {
  if (runs.length === 0) return { times: [], throughput: [], lag: [] };
  const from = Math.min(...runs.map(({ startedAt }) => startedAt));
  const until = Math.max(...runs.map(({ endedAt }) => endedAt), from + LEAST_MS);
  const length = (until - from) / stretches;
  const records = Array.from({ length: stretches }, () => 0);
  for (const { startedAt, endedAt, records: copied } of runs)
    spread(records, (startedAt - from) / length, (endedAt - from) / length, copied);
  const ordered = runs.toSorted((a, b) => a.endedAt - b.endedAt);
  const lagOfTask = new Map<number, number>();
  let next = 0;
  const lag = records.map((_, stretch) => {
    const end = from + (stretch + 1) * length;
    for (let run = ordered[next]; run !== undefined && (run.endedAt <= end || stretch === stretches - 1); run = ordered[next]) {
      if (run.lagRecords !== undefined) lagOfTask.set(run.task, run.lagRecords);
      next += 1;
    }
    return lagOfTask.size === 0 ? null : [...lagOfTask.values()].reduce((sum, each) => sum + each, 0);
  });
  return {
    times: records.map((_, stretch) => (from + (stretch + 0.5) * length) / 1_000),
    throughput: records.map((sum) => sum / (length / 1_000)),
    lag,
  };
}

/** Adds `amount` to the stretches between two places, by how much of each is between them. */
function spread(sums: number[], from: number, until: number, amount: number): void {
  const last = sums.length - 1;
  if (until <= from) {
    const only = Math.min(last, Math.floor(from));
    sums[only] = (sums[only] ?? 0) + amount;
    return;
  }
  for (let stretch = Math.floor(from); stretch < until && stretch <= last; stretch += 1) {
    const part = Math.min(until, stretch + 1) - Math.max(from, stretch);
    sums[stretch] = (sums[stretch] ?? 0) + (amount * part) / (until - from);
  }
}
