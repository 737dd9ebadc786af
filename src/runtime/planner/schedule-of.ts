import type { TriggerSpec } from '../../config/connector-spec.ts';
import { lookTimes, minutesIn, rateOf } from '../../config/look-times.ts';
import type { Schedule } from '../../triggers/trigger.ts';

/** Returns the `schedule` property for what is handed on; none where tasks have no schedule. With a freshness it is the first interval. */
export function scheduleOf(trigger: TriggerSpec): { readonly schedule?: Schedule } {
  const { schedule, timeZone, windowMinutes } = trigger;
  const times = lookTimes(trigger);
  if (times !== undefined) {
    return { schedule: { expression: rateOf(times.freshnessMs), timeZone: 'UTC', idleMinutes: minutesIn(times.idleMs) } };
  }
  return schedule === undefined
    ? {}
    : { schedule: { expression: schedule, timeZone, ...(windowMinutes !== undefined && { windowMinutes }) } };
}

/** The same for those who ask how long a pause between two starts may be. */
export function rarestSchedule(trigger: TriggerSpec): { readonly schedule?: Schedule } {
  const times = lookTimes(trigger);
  return times === undefined ? scheduleOf(trigger) : { schedule: { expression: rateOf(times.idleMs), timeZone: 'UTC' } };
}
