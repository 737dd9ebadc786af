import type { TaskMetrics } from '../runtime/planner-api.ts';

/** Returns the memory of the function that ran the latest of these tasks, in MiB. Undefined where no function did. */
export function memoryOf(tasks: readonly TaskMetrics[]): number | undefined {
  const latest = tasks.reduce<TaskMetrics['lastRun']>(
    (last, { lastRun }) => ((lastRun?.endedAt ?? 0) > (last?.endedAt ?? 0) ? lastRun : last),
    undefined,
  );
  return latest?.memoryMb;
}
