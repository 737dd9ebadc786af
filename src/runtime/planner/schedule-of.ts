import type { TriggerSpec } from '../../config/connector-spec.ts';
import type { Schedule } from '../../triggers/trigger.ts';

/** Returns the `schedule` property for what is handed on; none where tasks have no schedule. */
export const scheduleOf = ({ schedule, timeZone, windowMinutes }: TriggerSpec): { readonly schedule?: Schedule } =>
  schedule === undefined ? {} : { schedule: { expression: schedule, timeZone, ...(windowMinutes === undefined ? {} : { windowMinutes }) } };
