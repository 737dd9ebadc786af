import type { TriggerSpec } from '../../config/connector-spec.ts';
import { parseSchedule } from '../../config/schedule-expression.ts';
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
  const due = twiceDue(spec.trigger, Math.max(since, plannedAt, desiredAt));
  if (due === undefined || now < due) return undefined;
  return { task, since, ...(lagRecords > 0 && { lagRecords }), ...(lagMs > 0 && { lagMs }) };
}

/** Returns when the second start after a time is due; undefined where there is none. */
function twiceDue({ schedule, timeZone, windowMinutes = 0 }: TriggerSpec, after: number): number | undefined {
  if (schedule === undefined) return undefined;
  const { nextRun } = parseSchedule(schedule, timeZone);
  const first = nextRun(after);
  const second = first === undefined ? undefined : nextRun(first);
  return second === undefined ? undefined : second + windowMinutes * 60_000;
}
