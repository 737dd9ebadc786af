import type { TaskToWatch } from '../../store/store.ts';

/** What a task needs: a start in any case, one where a partition has something, or none. */
export type Need = 'start' | 'start-if-pending' | 'none';

/**
 * Says what a task needs at `now`, as far as its item tells. A task that is paused, failed for good or waits before another try gets no run
 * from a start either, unless the task has not taken on the plan in force. A start that finds a run under way makes it start the task again,
 * once for all that came.
 */
export function needOf({ paused, leaseOwner, leaseUntil, rerun, failure, staged }: TaskToWatch, generation: number, now: number): Need {
  if (paused) return 'none';
  // A start finds out whether the holder is a planner or a process that died; its lease may last long.
  if (leaseOwner !== undefined && leaseUntil > now) return 'start-if-pending';
  // The planner died before it promoted the task to the plan in force, which also ends a failure.
  if (staged?.generation === generation) return 'start';
  if (failure?.fatal) return 'none';
  if (failure !== undefined) return failure.notBefore > now ? 'none' : 'start';
  // Whoever held it died and owes the end of its work, or owes a start.
  return leaseOwner !== undefined || rerun ? 'start' : 'start-if-pending';
}

/** The partitions that a run would read. It leaves those alone that stand at a record until a person has done something about it. */
export function readablePartitions(partitions: readonly string[], { standing = [], skips }: TaskToWatch): readonly string[] {
  if (standing.length === 0 || skips.size > 0) return partitions;
  const still = new Set(standing.map(({ partition }) => partition));
  return partitions.filter((partition) => !still.has(partition));
}
