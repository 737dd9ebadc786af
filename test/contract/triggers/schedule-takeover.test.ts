import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type SchedulerClientConfig,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createSchedulerTrigger } from '../../../src/triggers/eventbridge-scheduler.ts';
import { packagedRoles } from '../../support/aws-rules/packaged-roles.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import { uniqueName } from '../../support/names.ts';

const GROUP = 'connect-tasks';
const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:tasks';
const WATCH = 'arn:aws:lambda:eu-central-1:123456789012:function:watch';
const ROLE = 'arn:aws:iam::123456789012:role/scheduler';
const TASKS = 3;
const EVERY = { expression: 'rate(5 minutes)', timeZone: 'UTC' };

type Handler = NonNullable<SchedulerClientConfig['requestHandler']> & { handle(...given: readonly unknown[]): Promise<unknown> };

let moto: Moto;
let client: SchedulerClient;
let byRole: Handler;
let connector: string;
beforeAll(async () => {
  moto = await startMoto();
  client = new SchedulerClient(moto.clientConfig);
  await client.send(new CreateScheduleGroupCommand({ Name: GROUP }));
  byRole = (await packagedRoles({ names: { ScheduleGroup: GROUP, SchedulerRole: 'scheduler' } })).handler('PlannerRole') as Handler;
}, 600_000);
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
});
beforeEach(() => {
  connector = uniqueName('orders');
});

/** What an earlier version kept: a schedule for each task, which sends to the queue. */
async function keepOldForm(): Promise<void> {
  for (let task = 0; task < TASKS; task += 1) {
    await client.send(
      new CreateScheduleCommand({
        GroupName: GROUP,
        Name: `${connector}--${String(task).padStart(5, '0')}-0123abcd`,
        ScheduleExpression: EVERY.expression,
        ScheduleExpressionTimezone: EVERY.timeZone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: { Arn: QUEUE, RoleArn: ROLE, Input: JSON.stringify({ connector, task }) },
      }),
    );
  }
}

/** Events that schedules which are switched on send, with what they are sent to. */
async function standing(): Promise<string[]> {
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: GROUP, NamePrefix: connector }));
  const found = await Promise.all(Schedules.map(({ Name }) => client.send(new GetScheduleCommand({ GroupName: GROUP, Name }))));
  return found
    .filter(({ State }) => State === 'ENABLED')
    .map(({ Target }) => `${Target?.Arn === WATCH ? 'watch' : 'queue'} ${Target?.Input}`)
    .toSorted();
}

/** A planner that makes so many requests; then it dies, before its next one or with an answer that it never gets. */
async function sync(requests: number, answered: boolean): Promise<void> {
  let left = requests;
  const requestHandler: Handler = {
    ...byRole,
    async handle(...given: readonly unknown[]) {
      left -= 1;
      if (left < 0 && !answered) throw new Error('the planner died');
      const answer = await byRole.handle(...given);
      if (left < 0) throw new Error('the planner died');
      return answer;
    },
  };
  const trigger = createSchedulerTrigger({
    group: GROUP,
    queueArn: QUEUE,
    watchArn: WATCH,
    roleArn: ROLE,
    client: { ...moto.clientConfig, requestHandler, maxAttempts: 1 },
  });
  await trigger.sync({ connector, tasks: TASKS, schedule: EVERY, enabled: true }).catch(() => {});
  await trigger.close();
}

/** One list, one creation, and a deletion for each task. */
const DEATHS = Array.from({ length: TASKS + 2 }, (_, requests) => [false, true].map((answered) => [requests, answered] as const)).flat();

it.each(DEATHS)(
  'schedules of single tasks are taken over so that each task is started all the time, also by a planner that dies after %d requests (answered: %s)',
  async (requests, answered) => {
    await keepOldForm();
    await sync(requests, answered);
    const between = await standing();
    const ofTasks = between.filter((event) => event.startsWith('queue'));
    expect(between.includes(`watch {"connector":"${connector}"}`) || ofTasks.length === TASKS).toBe(true);

    await sync(Number.POSITIVE_INFINITY, true);
    expect(await standing()).toEqual([`watch {"connector":"${connector}"}`]);
  },
);
