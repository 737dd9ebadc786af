import {
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSchedulerTrigger } from '../../../src/triggers/eventbridge-scheduler.ts';
import { createSchedulerPace } from '../../../src/triggers/scheduler-pace.ts';
import type { LookEvent, LookPace, LookSchedule, Standing, TaskTrigger } from '../../../src/triggers/trigger.ts';
import { type PackagedRoles, packagedRoles } from '../../support/aws-rules/packaged-roles.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import { uniqueName } from '../../support/names.ts';

const MINUTE = 60_000;
const GROUP = 'connect-tasks';

/** Planner and watch function at one schedule, each behind its role, as it is packaged. */
describe('the pace of looks in EventBridge Scheduler', () => {
  let moto: Moto;
  let roles: PackagedRoles;
  let client: SchedulerClient;
  let trigger: TaskTrigger;
  let pace: LookPace;
  let standing: Standing;

  beforeAll(async () => {
    moto = await startMoto();
    client = new SchedulerClient(moto.clientConfig);
    await client.send(new CreateScheduleGroupCommand({ Name: GROUP }));
    roles = await packagedRoles({ names: { ScheduleGroup: GROUP, SchedulerRole: 'scheduler' } });
    trigger = createSchedulerTrigger({
      group: GROUP,
      queueArn: 'arn:aws:sqs:eu-central-1:123456789012:tasks',
      watchArn: 'arn:aws:lambda:eu-central-1:123456789012:function:watch',
      roleArn: 'arn:aws:iam::123456789012:role/scheduler',
      client: { ...moto.clientConfig, requestHandler: roles.handler('PlannerRole') },
    });
    pace = createSchedulerPace({ group: GROUP, client: { ...moto.clientConfig, requestHandler: roles.handler('WatchRole') } });
  }, 600_000);
  afterAll(async () => {
    await trigger.close();
    client.destroy();
    await moto.stop();
  });
  beforeEach(() => {
    const schedule = { expression: 'rate(5 minutes)', timeZone: 'UTC', idleMinutes: 60 };
    standing = { connector: uniqueName('orders'), tasks: 3, schedule, enabled: true };
  });
  afterEach(() => expect(roles.refused).toEqual([]));

  const names = async () => {
    const query = new ListSchedulesCommand({ GroupName: GROUP, NamePrefix: standing.connector });
    return ((await client.send(query)).Schedules ?? []).map(({ Name = '' }) => Name);
  };
  const stored = async () => {
    const [Name] = await names();
    return client.send(new GetScheduleCommand({ GroupName: GROUP, Name }));
  };
  /** What the schedule sends next. */
  const event = async (): Promise<Required<LookEvent>> => JSON.parse((await stored()).Target?.Input ?? '');
  const asked = async (): Promise<LookSchedule> => (await event()).schedule;
  const shown = async () => {
    const { ScheduleExpression, State } = await stored();
    return `${ScheduleExpression} ${State}`;
  };

  it('begins with the freshness, of which the event tells', async () => {
    await trigger.sync(standing);
    expect(await event()).toEqual({ connector: standing.connector, schedule: { name: (await names())[0], minutes: 5 } });
    expect(await shown()).toBe('rate(5 minutes) ENABLED');
  });

  it('is changed to any minutes, with the next look so much later, and all else as it was', async () => {
    await trigger.sync(standing);
    const before = await stored();
    const now = Date.now();
    await pace.set(await asked(), 1);
    expect(await shown()).toBe('rate(1 minute) ENABLED');
    await pace.set(await asked(), 45);
    expect(await shown()).toBe('rate(45 minutes) ENABLED');
    expect(await asked()).toEqual({ name: before.Name, minutes: 45 });
    const after = await stored();
    expect(after.StartDate?.getTime()).toBeGreaterThanOrEqual(now + 45 * MINUTE - 1_000);
    const { Input: _, ...target } = before.Target ?? {};
    expect(after).toMatchObject({ Name: before.Name, FlexibleTimeWindow: before.FlexibleTimeWindow, Target: target });
    expect(await names()).toHaveLength(1);
  });

  it('is left alone where somebody has changed it since it asked', async () => {
    await trigger.sync(standing);
    const first = await asked();
    await pace.set(first, 45);
    await pace.set(first, 7);
    expect(await shown()).toBe('rate(45 minutes) ENABLED');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a hurry', () => trigger.hasten(standing)],
    ['a plan', () => trigger.sync(standing)],
  ])('goes back to the freshness by %s', async (_, back) => {
    await trigger.sync(standing);
    await pace.set(await asked(), 45);
    await back();
    expect(await shown()).toBe('rate(5 minutes) ENABLED');
    expect((await asked()).minutes).toBe(5);
    expect((await stored()).StartDate).toBeUndefined();
    expect(await names()).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['paused', () => trigger.sync({ ...standing, enabled: false })],
    ['deleted', () => trigger.sync({ connector: standing.connector, tasks: 0, enabled: false })],
  ])('is not brought back once its connector is %s', async (_, end) => {
    await trigger.sync(standing);
    const last = await asked();
    await end();
    await pace.set(last, 45);
    await trigger.hasten({ ...standing, enabled: false });
    expect(await names()).toEqual([]);
  });

  it('stays as another plan has it', async () => {
    await trigger.sync(standing);
    const last = await asked();
    await trigger.sync({ ...standing, schedule: { expression: 'rate(10 minutes)', timeZone: 'UTC', idleMinutes: 60 } });
    await pace.set(last, 45);
    expect(await names()).toHaveLength(1);
    expect(await shown()).toBe('rate(10 minutes) ENABLED');
  });

  it('stays off where a person has switched it off on AWS', async () => {
    await trigger.sync(standing);
    const { Target, FlexibleTimeWindow, ScheduleExpression, Name, ScheduleExpressionTimezone } = await stored();
    const same = { Target, FlexibleTimeWindow, ScheduleExpression, Name, ScheduleExpressionTimezone };
    await client.send(new UpdateScheduleCommand({ GroupName: GROUP, ...same, State: 'DISABLED' }));
    await pace.set(await asked(), 45);
    expect(await shown()).toBe('rate(5 minutes) DISABLED');
  });

  it('does nothing where the schedule went between two of its requests', async () => {
    await trigger.sync(standing);
    const last = await asked();
    const [Name] = await names();
    const inner = roles.handler('WatchRole');
    const deleting = {
      ...inner,
      handle: async (...[request, options]: Parameters<typeof inner.handle>) => {
        if (request.method === 'PUT') await client.send(new DeleteScheduleCommand({ GroupName: GROUP, Name }));
        return inner.handle(request, options);
      },
    };
    await createSchedulerPace({ group: GROUP, client: { ...moto.clientConfig, requestHandler: deleting } }).set(last, 45);
    expect(await names()).toEqual([]);
  });

  it('says what failed', async () => {
    await trigger.sync(standing);
    const last = await asked();
    const stranger = createSchedulerPace({ group: GROUP, client: { ...moto.clientConfig, requestHandler: roles.handler('TaskRole') } });
    await expect(stranger.set(last, 45)).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining(GROUP) });
    expect(roles.refused).toEqual([expect.stringContaining('TaskRole scheduler:GetSchedule')]);
    (roles.refused as string[]).length = 0;
  });
});
