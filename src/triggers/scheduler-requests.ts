import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { ConnectError } from '../api/index.ts';
import { awsError } from '../aws/errors.ts';
import type { LookEvent } from './trigger.ts';

/** What a schedule does, whatever it is called. */
export type Definition = Omit<CreateScheduleCommandInput, 'Name' | 'State'>;

/** What a schedule sends to the watch function. */
export const lookEventText = ({ connector, schedule }: LookEvent): string =>
  JSON.stringify({ connector, ...(schedule !== undefined && { schedule: { name: schedule.name, minutes: schedule.minutes } }) });

/** Returns the minutes of `rate(5 minutes)`; NaN of another expression. */
export const minutesOf = (expression: string): number => Number(/^rate\((\d+) minutes?\)$/.exec(expression)?.[1]);

/** Returns what a request to EventBridge Scheduler failed with, in our words. */
export function schedulerError(error: unknown, group: string): ConnectError {
  const { name, message } = error as Error;
  if (name === 'ValidationException') {
    return new ConnectError('CONFIG_INVALID', `EventBridge Scheduler refused the schedule: ${message}`, {
      remedy: 'correct the options of trigger',
      cause: error,
    });
  }
  return awsError(error, { what: `schedule group ${group}`, createIt: 'deploy it with `sls deploy`' });
}
