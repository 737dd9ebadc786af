import { CreateScheduleGroupCommand, GetScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { createSchedulerTrigger } from '../../../src/triggers/eventbridge-scheduler.ts';
import type { LookEvent, TaskEvent } from '../../../src/triggers/trigger.ts';
import { packagedRoles } from '../../support/aws-rules/packaged-roles.ts';
import { startMoto } from '../../support/moto.ts';
import { describeTaskTrigger, type StandingSchedule } from './task-trigger.ts';

const GROUP = 'connect-tasks';
const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:tasks';
const WATCH = 'arn:aws:lambda:eu-central-1:123456789012:function:watch';
const ROLE = 'arn:aws:iam::123456789012:role/scheduler';

interface Found extends Omit<StandingSchedule, 'event'> {
  readonly event: LookEvent | TaskEvent;
  readonly once: boolean;
}

/** The trigger behind the planner's role, as it is packaged. */
describeTaskTrigger('EventBridge Scheduler', async () => {
  const moto = await startMoto();
  const client = new SchedulerClient(moto.clientConfig);
  await client.send(new CreateScheduleGroupCommand({ Name: GROUP }));
  const { handler } = await packagedRoles({ names: { ScheduleGroup: GROUP, SchedulerRole: 'scheduler' } });

  /** Moto keeps schedules and starts nothing. The definition of a schedule says what it would start. */
  async function schedulesOf(connector: string): Promise<Found[]> {
    const schedules: Found[] = [];
    for await (const { Schedules = [] } of paginateListSchedules({ client }, { GroupName: GROUP, NamePrefix: connector.slice(0, 30) })) {
      for (const { Name } of Schedules) {
        const schedule = await client.send(new GetScheduleCommand({ GroupName: GROUP, Name }));
        const {
          ScheduleExpression: expression = '',
          ScheduleExpressionTimezone: timeZone = '',
          FlexibleTimeWindow,
          State,
          Target,
          ActionAfterCompletion,
        } = schedule;
        const once = ActionAfterCompletion === 'DELETE';
        if (Target?.Arn !== (once ? QUEUE : WATCH) || Target.RoleArn !== ROLE) throw new Error(`${Name} has another target`);
        const { schedule: own, ...event } = JSON.parse(Target.Input ?? '') as LookEvent & TaskEvent;
        if (event.connector !== connector) continue;
        if (own !== undefined && own.name !== Name) throw new Error(`${Name} has looks change ${own.name}`);
        const windowMinutes = FlexibleTimeWindow?.MaximumWindowInMinutes;
        const window = windowMinutes === undefined ? {} : { windowMinutes };
        schedules.push({ event, expression, timeZone, ...window, enabled: State === 'ENABLED', once });
      }
    }
    return schedules;
  }

  return {
    holdsSchedules: true,
    trigger: createSchedulerTrigger({
      group: GROUP,
      queueArn: QUEUE,
      watchArn: WATCH,
      roleArn: ROLE,
      client: { ...moto.clientConfig, requestHandler: handler('PlannerRole') },
    }),
    async started(connector) {
      return (await schedulesOf(connector)).filter(({ once }) => once).map(({ event }) => event as TaskEvent);
    },
    async standing(connector) {
      return (await schedulesOf(connector)).filter(({ once }) => !once).map(({ once: _, ...standing }) => standing);
    },
    async close() {
      client.destroy();
      await moto.stop();
    },
  };
});
