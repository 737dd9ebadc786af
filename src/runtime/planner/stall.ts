import { dueStart } from '../../config/due-start.ts';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';

/** A backlog that does not shrink. */
export interface Stall {
  readonly task: number;
  /** Since when nothing was copied, ms since 1970. */
  readonly since: number;
  /** What is left: records, or how old the last change is that was read. */
  readonly lagRecords?: number;
  readonly lagMs?: number;
}

/**
 * Returns how long a task has had something to copy and copied nothing, once two of its starts should have helped. Undefined where it has not
 * come to that: where nothing is left or that is not known, where the task should not run, where nothing starts it at set times, or where it
 * was planned or resumed since.
 */
export function stallOf(item: TaskItem, { desired, spec, plannedAt = 0, desiredAt = 0 }: ConnectorItem, now: number): Stall | undefined {
  const { task, paused, lastRun } = item;
  if (desired !== 'RUNNING' || paused || lastRun === undefined) return undefined;
  const { lagRecords = 0, lagMs = 0, endedAt } = lastRun;
  if (lagRecords === 0 && lagMs === 0) return undefined;
  const since = item.progressAt ?? endedAt;
  const due = dueStart(spec.trigger, Math.max(since, plannedAt, desiredAt), 2);
  if (due === undefined || now < due) return undefined;
  return { task, since, ...(lagRecords > 0 && { lagRecords }), ...(lagMs > 0 && { lagMs }) };
}
