import type { TriggerSpec } from '../../config/connector-spec.ts';
import type { Schedule } from '../../triggers/trigger.ts';

/** The `schedule` of who hands it on; without one, nothing. */
export const scheduleOf = ({ schedule, timeZone, windowMinutes }: TriggerSpec): { readonly schedule?: Schedule } =>
  schedule === undefined ? {} : { schedule: { expression: schedule, timeZone, ...(windowMinutes === undefined ? {} : { windowMinutes }) } };
