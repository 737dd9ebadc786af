import type { TriggerSpec } from '../../config/connector-spec.ts';
import { lookTimes } from '../../config/look-times.ts';
import { parseSchedule } from '../../config/schedule-expression.ts';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { ConnectorSummary } from '../planner-api.ts';
import { inForce } from '../run/in-force.ts';

/** Returns how old data at the target may be at `now`, ms since 1970, and how old it should be at most. */
export function agesOf(
  { desired, generation, spec, waiting }: ConnectorItem,
  items: readonly TaskItem[],
  now: number,
): Pick<ConnectorSummary, 'ageMs' | 'targetMs'> {
  const targetMs = targetOf(spec.trigger, now);
  const target = targetMs === undefined ? {} : { targetMs };
  if (desired !== 'RUNNING' || generation === 0) return target;
  const current = items.filter((item) => inForce(item, generation) !== undefined);
  return { ageMs: Math.max(0, ...current.map((item) => now - behindSince(item, waiting?.[item.task], now))), ...target };
}

/** `waiting`: since when the task waits for a start, as an audit found. What a run did since is newer. */
function behindSince({ behindSince = Number.POSITIVE_INFINITY, lastRun }: TaskItem, waiting: number | undefined, now: number): number {
  const isWaiting = waiting !== undefined && waiting > (lastRun?.endedAt ?? 0);
  return Math.min(now, behindSince, isWaiting ? waiting : now);
}

/** A schedule has no other target than its next two times: of `at` there are no two. */
function targetOf(trigger: TriggerSpec, now: number): number | undefined {
  const times = lookTimes(trigger);
  if (times !== undefined) return times.freshnessMs;
  if (trigger.schedule === undefined) return undefined;
  const { nextRun } = parseSchedule(trigger.schedule, trigger.timeZone);
  const first = nextRun(now);
  const second = first === undefined ? undefined : nextRun(first);
  return first === undefined || second === undefined ? undefined : second - first;
}
