import { lookTimes, MINUTE_MS } from './look-times.ts';
import { parseSchedule } from './schedule-expression.ts';
import type { TriggerSpec } from './trigger-section.ts';

/**
 * Returns by when the `nth` start after a time must have come, at the end of its window, or, with `freshness`, how long data may wait so many
 * times. Times are ms since 1970. Undefined where the trigger has no such start.
 */
export function dueStart(trigger: TriggerSpec, after: number, nth: number): number | undefined {
  const { schedule, timeZone, windowMinutes = 0 } = trigger;
  const times = lookTimes(trigger);
  if (times !== undefined) return after + nth * times.freshnessMs;
  if (schedule === undefined) return undefined;
  const { nextRun } = parseSchedule(schedule, timeZone);
  let time: number | undefined = after;
  for (let n = 0; n < nth && time !== undefined; n += 1) time = nextRun(time);
  return time === undefined ? undefined : time + windowMinutes * MINUTE_MS;
}

/** The same of looks, which come as late as `idle` allows where there is a freshness. */
export function dueLook(trigger: TriggerSpec, after: number, nth: number): number | undefined {
  const times = lookTimes(trigger);
  return times === undefined ? dueStart(trigger, after, nth) : after + nth * times.idleMs;
}
