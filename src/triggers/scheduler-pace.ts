import {
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  type SchedulerClientConfig,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { CLIENT_DEFAULTS } from '../aws/client-defaults.ts';
import { MINUTE_MS, rateOf } from '../config/look-times.ts';
import { lookEventText, minutesOf, schedulerError } from './scheduler-requests.ts';
import type { LookEvent, LookPace } from './trigger.ts';

export interface SchedulerPaceOptions {
  /** The schedule group, which must exist. */
  readonly group: string;
  /** Default: what the SDK takes from its environment. */
  readonly client?: SchedulerClientConfig;
}

/**
 * Creates what changes the intervals of schedules in EventBridge Scheduler. It opens no connection before the first call. It updates and never
 * creates, so a schedule that the planner deletes in the meantime, for a pause or a delete, stays gone.
 */
export function createSchedulerPace({ group: GroupName, client: config }: SchedulerPaceOptions): LookPace {
  const client = new SchedulerClient({ ...CLIENT_DEFAULTS, ...config });
  return {
    async set(schedule, minutes) {
      try {
        const Name = schedule.name;
        const {
          ScheduleExpression = '',
          ScheduleExpressionTimezone,
          FlexibleTimeWindow,
          State,
          Target,
        } = await client.send(new GetScheduleCommand({ GroupName, Name }));
        if (State !== 'ENABLED' || minutesOf(ScheduleExpression) !== schedule.minutes || Target?.Input === undefined) return;
        const { connector } = JSON.parse(Target.Input) as LookEvent;
        await client.send(
          new UpdateScheduleCommand({
            GroupName,
            Name,
            State,
            ScheduleExpressionTimezone,
            FlexibleTimeWindow,
            ScheduleExpression: rateOf(minutes * MINUTE_MS),
            // A rate counts from its start. Without one the service would have the next look taken at once.
            StartDate: new Date(Date.now() + minutes * MINUTE_MS),
            Target: { ...Target, Input: lookEventText({ connector, schedule: { name: Name, minutes } }) },
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw schedulerError(error, GroupName);
      }
    },
  };
}
