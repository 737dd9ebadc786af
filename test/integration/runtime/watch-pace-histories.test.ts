import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  ResourceNotFoundException,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pMap from 'p-map';
import { look } from '../../../src/runtime/watch/look.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { createSchedulerTrigger } from '../../../src/triggers/eventbridge-scheduler.ts';
import { createSchedulerPace } from '../../../src/triggers/scheduler-pace.ts';
import type { LookEvent, LookPace, TaskTrigger } from '../../../src/triggers/trigger.ts';
import { type PackagedRoles, packagedRoles, type RoleName } from '../../support/aws-rules/packaged-roles.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { FruitWatch } from '../../support/fruit-watch.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import { uniqueName } from '../../support/names.ts';
import { randomFrom } from '../../support/random-from.ts';

const HISTORIES = 4;
const STEPS = 10;
const AT_ONCE = 4;
const MINUTE = 60_000;
const GROUP = 'connect-paces';
const SEED = Number(process.env.PACE_SEED ?? 20_261_130);

/** A connector that people plan, pause, stop, resume, start and delete, while looks at it change how often they come. */
class History {
  readonly name = uniqueName('fruit');
  readonly #random: () => number;
  readonly #planner: FruitPlanner;
  readonly #watch = new FruitWatch();
  readonly #pace: LookPace;
  /** What the schedule has sent, of which some comes late. */
  readonly #events: LookEvent[] = [];
  readonly done: string[] = [];
  #idleMinutes = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    const delay = () => sleep(this.#pick(15));
    this.#planner = new FruitPlanner(store, { schedules: schedulerTrigger(delay) });
    this.#planner.shows('apple', 'plum');
    this.#pace = createSchedulerPace({ group: GROUP, client: clientOf('WatchRole', delay) });
    this.#watch.isPending = () => this.#random() < 0.4;
  }

  /** One thing that a person does, with looks at the same time. */
  async step(): Promise<void> {
    const sent = await this.#sent();
    if (sent !== undefined) this.#events.push(sent);
    const looks = this.#events.slice(-3).flatMap((event) => (this.#pick(3) > 0 ? [this.#look(event)] : []));
    await Promise.all([this.#act(), ...looks]);
  }

  async look(): Promise<void> {
    const sent = await this.#sent();
    if (sent !== undefined) await this.#look(sent);
  }

  /** What is wrong with the schedules as they stand. */
  async problems(): Promise<string[]> {
    const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: GROUP, NamePrefix: this.name }));
    const connector = await store.getConnector(this.name);
    const wanted = connector?.desired === 'RUNNING' && connector.deleting !== true ? 1 : 0;
    if (Schedules.length !== wanted) return [`${this.name}: ${Schedules.length} schedules instead of ${wanted}; ${this.done.join(', ')}`];
    if (wanted === 0) return [];
    const { ScheduleExpression, State, Target } = await client.send(new GetScheduleCommand({ GroupName: GROUP, Name: Schedules[0]?.Name }));
    const minutes = Number(/^rate\((\d+) minutes?\)$/.exec(ScheduleExpression ?? '')?.[1]);
    const { schedule } = JSON.parse(Target?.Input ?? '{}') as LookEvent;
    const fits = State === 'ENABLED' && minutes >= 1 && minutes <= this.#idleMinutes && schedule?.minutes === minutes;
    return fits ? [] : [`${this.name}: ${ScheduleExpression} ${State} ${Target?.Input}; ${this.done.join(', ')}`];
  }

  async #act(): Promise<void> {
    const connector = await store.getConnector(this.name);
    const actions = ['pause', 'resume', 'stop', 'run', 'delete'] as const;
    const action = connector === undefined || this.#pick(3) === 0 ? 'apply' : actions[this.#pick(actions.length)];
    this.done.push(String(action));
    if (action === 'apply') return this.#apply();
    if (action === undefined || (action === 'run' && connector?.desired !== 'RUNNING')) return;
    await this.#planner.ask(
      action === 'run' ? { action, connector: this.name, byHand: true } : ({ action, connector: this.name } as const),
    );
  }

  async #apply(): Promise<void> {
    const freshness = (1 + this.#pick(3)) * 5;
    const idle = freshness + this.#pick(2) * 60;
    const trigger = { timeZone: 'UTC', freshness: `${freshness} minutes`, idle: `${idle} minutes` };
    await this.#planner.apply(this.name, { trigger, maxTasks: 1 + this.#pick(2) });
    this.#idleMinutes = idle;
  }

  /** Some time after the last record or plan. */
  async #look({ connector, schedule }: LookEvent): Promise<void> {
    const now = Date.now() + this.#pick(4) * 40 * MINUTE;
    const deps = { ...this.#watch.deps(store), pace: this.#pace };
    await sleep(this.#pick(30));
    await look(connector, deps, { signal: new AbortController().signal, now, ...(schedule !== undefined && { schedule }) });
  }

  async #sent(): Promise<LookEvent | undefined> {
    const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: GROUP, NamePrefix: this.name }));
    const [Name] = Schedules.map((schedule) => schedule.Name);
    if (Name === undefined) return undefined;
    const found = await client.send(new GetScheduleCommand({ GroupName: GROUP, Name })).catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
    return found && JSON.parse(found.Target?.Input ?? '');
  }

  #pick = (below: number): number => Math.floor(this.#random() * below);
}

it(`brings no schedule back that a person ended, and keeps one of each that runs, in ${HISTORIES} histories of plans, pauses and looks`, async () => {
  const histories = Array.from({ length: HISTORIES }, (_, n) => new History(SEED + n));
  const lived = async (history: History) => {
    for (let step = 0; step < STEPS; step += 1) {
      await history.step();
      const problems = await history.problems();
      if (problems.length > 0) return problems;
    }
    await history.look();
    return history.problems();
  };
  expect((await pMap(histories, lived, { concurrency: AT_ONCE })).flat()).toEqual([]);
  expect(roles.refused).toEqual([]);
}, 600_000);

let table: TestTable;
let store: ConnectStore;
let moto: Moto;
let client: SchedulerClient;
let roles: PackagedRoles;
const triggers: TaskTrigger[] = [];

function schedulerTrigger(delay: () => Promise<unknown>): TaskTrigger {
  const trigger = createSchedulerTrigger({
    group: GROUP,
    queueArn: 'arn:aws:sqs:eu-central-1:123456789012:tasks',
    watchArn: 'arn:aws:lambda:eu-central-1:123456789012:function:watch',
    roleArn: 'arn:aws:iam::123456789012:role/scheduler',
    client: clientOf('PlannerRole', delay),
  });
  triggers.push(trigger);
  return trigger;
}

/** Requests of the role, each of which takes its time on the way. */
function clientOf(role: RoleName, delay: () => Promise<unknown>) {
  const inner = roles.handler(role);
  const requestHandler = {
    ...inner,
    handle: async (...given: Parameters<typeof inner.handle>) => {
      await delay();
      return inner.handle(...given);
    },
  };
  return { ...moto.clientConfig, requestHandler };
}

beforeAll(async () => {
  table = await createTestTable();
  store = createDynamodbStore(table.options);
  moto = await startMoto();
  client = new SchedulerClient(moto.clientConfig);
  await client.send(new CreateScheduleGroupCommand({ Name: GROUP }));
  roles = await packagedRoles({ names: { ScheduleGroup: GROUP, SchedulerRole: 'scheduler' } });
}, 600_000);
afterAll(async () => {
  for (const trigger of triggers) await trigger.close();
  client.destroy();
  store.close();
  await moto.stop();
  await table.drop();
});
