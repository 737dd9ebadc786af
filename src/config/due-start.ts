import type { TriggerSpec } from './connector-sections.ts';
import { parseSchedule } from './schedule-expression.ts';

const MINUTE_MS = 60_000;

/**
 * Returns by when the `nth` scheduled start after a time must have come, at the end of its window. Times are ms since 1970. Undefined where
 * the schedule has no such start.
 */
export function dueStart({ schedule, timeZone, windowMinutes = 0 }: TriggerSpec, after: number, nth: number): number | undefined {
  if (schedule === undefined) return undefined;
  const { nextRun } = parseSchedule(schedule, timeZone);
  let time: number | undefined = after;
  for (let n = 0; n < nth && time !== undefined; n += 1) time = nextRun(time);
  return time === undefined ? undefined : time + windowMinutes * MINUTE_MS;
}
