import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { takeLease } from '../../../src/runtime/run/take-lease.ts';
import { look } from '../../../src/runtime/watch/look.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, Failure, Lease } from '../../../src/store/store.ts';
import { type PackagedRoles, packagedRoles } from '../../support/aws-rules/packaged-roles.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { FruitWatch } from '../../support/fruit-watch.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec } from '../../support/specs.ts';

const MINUTE = 60_000;
const TRIGGER = { schedule: 'rate(1 minute)', timeZone: 'UTC' };
const RAN = { startedAt: 1, endedAt: 2, outcome: 'caught-up', records: 0, bytes: 0, deadLetters: 0 } as const;
const COUNTED = { invocations: 1, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 2 };

describe('a look', () => {
  let table: TestTable;
  let roles: PackagedRoles;
  let store: ConnectStore;
  /** As the watch function has it, with the rights of its role. */
  let watchStore: ConnectStore;
  let planner: FruitPlanner;
  let watch: FruitWatch;
  let name: string;
  beforeAll(async () => {
    table = await createTestTable();
    store = createDynamodbStore(table.options);
    roles = await packagedRoles({ names: { Table: table.options.table } });
  }, 600_000);
  afterAll(async () => {
    store.close();
    await table.drop();
  });
  beforeEach(() => {
    name = uniqueName('fruit');
    planner = new FruitPlanner(store);
    watch = new FruitWatch();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { endpoint, table: tableName } = table.options;
    const client = new DynamoDBClient({ endpoint, region: 'local', credentials, requestHandler: roles.handler('WatchRole') });
    watchStore = createDynamodbStore({ table: tableName, client });
  });
  afterEach(() => {
    watchStore.close();
    expect(roles.refused).toEqual([]);
  });

  const apply = (partitions: readonly string[], more: object = {}) => {
    planner.shows(...partitions);
    return planner.apply(name, { trigger: TRIGGER, maxTasks: partitions.length, ...more });
  };
  const take = (now?: number) =>
    look(name, watch.deps(watchStore), { signal: new AbortController().signal, ...(now !== undefined && { now }) });
  const started = () => watch.started.map(({ task }) => task);
  const lease = async (task: number, until = Date.now() + MINUTE): Promise<Lease> => {
    const taken = await store.acquire({ connector: name, task }, 'run', until);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    return taken.lease;
  };
  const failure = (more: Partial<Failure>): Failure => ({
    code: 'TIMEOUT',
    message: 'late',
    count: 1,
    at: Date.now(),
    notBefore: 0,
    fatal: false,
    ...more,
  });
  const fail = async (task: number, more: Partial<Failure>) =>
    store.release(await lease(task), { positions: new Map(), summary: RAN, counted: COUNTED, failure: failure(more) });

  it('starts the tasks that have something, and no others', async () => {
    await apply(['apple', 'plum', 'pear']);
    watch.isPending = (partition) => partition === 'plum';
    const [item] = (await store.listTasks(name)).filter(({ planned }) => planned?.taskConfig.partitions.includes('plum'));
    expect(await take()).toEqual({ connector: name, started: 1, tasks: 3 });
    expect(watch.started).toEqual([{ connector: name, task: item?.task }]);
  });

  it('at 300 idle tasks asks the system once, reads the table a few times, and writes nothing', async () => {
    await apply(Array.from({ length: 300 }, (_, n) => `apple-${n}`));
    const before = await store.listTasks(name);
    expect(await take()).toEqual({ connector: name, started: 0, tasks: 300 });
    expect(watch.asked).toBe(1);
    // One for the connector, and one for each key that its tasks are spread over.
    expect(watchStore.requests).toBeLessThanOrEqual(6);
    expect(await store.listTasks(name)).toEqual(before);
  }, 120_000);

  it('hands the system where each partition is', async () => {
    await apply(['apple']);
    await store.release(await lease(0), { positions: new Map([['apple', '7']]), summary: RAN, counted: COUNTED });
    const seen: unknown[] = [];
    watch.isPending = (...given) => seen.push(given) > 5;
    await take();
    expect(seen).toEqual([['apple', '7']]);
  });

  it.each([
    ['does not tell', () => 'unknown' as const, 'the system does not tell'],
    [
      'can not be reached',
      () => {
        throw new ConnectError('UNREACHABLE', 'no fruit answers', { retriable: true });
      },
      'UNREACHABLE: no fruit answers',
    ],
  ])('starts all tasks of a system that %s', async (_, answer, reason) => {
    await apply(['apple', 'plum']);
    watch.answer = answer;
    expect(await take()).toEqual({ connector: name, started: 2, tasks: 2, unknown: expect.stringContaining(reason) });
  });

  it('starts what owes a retry once its time has come, and a task whose run died', async () => {
    await apply(['apple', 'plum', 'pear']);
    await fail(0, { notBefore: Date.now() + MINUTE });
    await lease(1, Date.now() + MINUTE);
    await take();
    expect(started()).toEqual([]);
    await take(Date.now() + 2 * MINUTE);
    expect(started()).toEqual([0, 1]);
  });

  it('starts a task that runs, so that it runs again for what came meanwhile', async () => {
    await apply(['apple']);
    await lease(0);
    await take();
    expect(started()).toEqual([]);
    watch.isPending = () => true;
    await take();
    expect(started()).toEqual([0]);
  });

  it('starts a task that failed for good before a plan whose planner died after its flip, and the task takes the plan on', async () => {
    await apply(['apple']);
    await fail(0, { fatal: true });
    const promote = () => Promise.reject(new Error('the planner dies here'));
    const dying = new FruitPlanner({ ...store, promote });
    dying.shows('apple');
    await expect(dying.apply(name, { trigger: TRIGGER, errors: { ...connectorSpec().errors, maxFailures: 7 } })).rejects.toThrow(
      'dies here',
    );
    const later = Date.now() + 16 * MINUTE;
    const storeThen = createDynamodbStore({ ...table.options, now: () => later });
    await take(later);
    expect(started()).toEqual([0]);
    const invocation = { deadline: later + MINUTE, owner: 'run', signal: new AbortController().signal };
    const taken = await takeLease({ connector: name, task: 0 }, { store: storeThen }, invocation);
    storeThen.close();
    expect(taken).toMatchObject({ outcome: 'acquired', item: { generation: 2 }, spec: { errors: { maxFailures: 7 } } });
    expect(taken).not.toHaveProperty('item.failure');
  });

  it('starts nothing that failed for good, or is paused, stopped, deleted or unknown', async () => {
    watch.isPending = () => true;
    await take();
    await apply(['apple']);
    await fail(0, { fatal: true });
    await take();
    await planner.ask({ action: 'resume', connector: name });
    await planner.ask({ action: 'pause', connector: name });
    await take();
    await planner.ask({ action: 'stop', connector: name });
    await take();
    await planner.ask({ action: 'delete', connector: name });
    await take();
    expect(started()).toEqual([]);
    expect(watch.asked).toBe(0);
  });

  it('leaves a partition alone that stands at a record until a person lets it pass', async () => {
    await apply(['apple']);
    watch.isPending = () => true;
    const standing = [{ partition: 'apple', place: 'apple@1', code: 'RECORD_REFUSED', message: 'sour', retriable: false }];
    await store.release(await lease(0), { positions: new Map(), summary: RAN, counted: COUNTED, standing });
    await take();
    expect(started()).toEqual([]);
    await store.addSkip({ connector: name, task: 0 }, 'apple@1');
    await take();
    expect(started()).toEqual([0]);
  });

  it('spreads starts over the window of the trigger, each task at its own time', async () => {
    await apply(['apple', 'plum', 'pear', 'fig'], { trigger: { ...TRIGGER, schedule: 'rate(1 hour)', windowMinutes: 20 } });
    watch.isPending = () => true;
    const now = Date.now();
    await take(now);
    expect(watch.started.map(({ task, startAt }) => [task, startAt])).toEqual([
      [0, undefined],
      [1, now + 5 * MINUTE],
      [2, now + 10 * MINUTE],
      [3, now + 15 * MINUTE],
    ]);
  });

  describe('with a freshness', () => {
    const fresh = { trigger: { timeZone: 'UTC', freshness: '5 minutes', idle: '1 hour' } };
    const takeAfter = async (minutes: number, asked: number) => {
      watch.paced.length = 0;
      const options = { signal: new AbortController().signal, now: Date.now() + minutes * MINUTE };
      const { nextMinutes } = await look(name, watch.deps(watchStore), { ...options, schedule: { name: 'standing', minutes: asked } });
      return [nextMinutes, ...watch.paced];
    };
    const run = async (endedAt: number, records: number, seconds: number) => {
      const summary = { ...RAN, records, startedAt: endedAt - seconds * 1_000, endedAt };
      const moved = records > 0 ? { lastRecordAt: endedAt } : {};
      await store.release(await lease(0), { positions: new Map(), summary, counted: COUNTED, ...moved });
    };

    it('comes later and later while nothing comes, and changes the schedule only where the interval differs', async () => {
      await apply(['apple'], fresh);
      expect(await takeAfter(0, 5)).toEqual([5]);
      expect(await takeAfter(11, 5)).toEqual([10, 'standing 10']);
      expect(await takeAfter(41, 25)).toEqual([25]);
      expect(await takeAfter(600, 25)).toEqual([60, 'standing 60']);
      expect(await takeAfter(6_000, 60)).toEqual([60]);
    });

    it('comes in time for the freshness, less what the last run took, once there is something or was just now', async () => {
      await apply(['apple'], fresh);
      watch.isPending = () => true;
      expect(await takeAfter(600, 60)).toEqual([5, 'standing 5']);
      expect(started()).toEqual([0]);
      await run(Date.now() + 601 * MINUTE, 7, 90);
      expect(await takeAfter(603, 5)).toEqual([3, 'standing 3']);
      watch.isPending = () => false;
      expect(await takeAfter(603, 3)).toEqual([4, 'standing 4']);
    });

    it('comes in time where nobody could be asked, or a retry is owed', async () => {
      await apply(['apple'], fresh);
      watch.answer = () => {
        throw new ConnectError('UNREACHABLE', 'no fruit answers', { retriable: true });
      };
      expect(await takeAfter(600, 60)).toEqual([5, 'standing 5']);
      await fail(0, { notBefore: Date.now() + MINUTE });
      expect(await takeAfter(600, 60)).toEqual([5, 'standing 5']);
    });

    it('learns from the runs it starts where the system does not tell', async () => {
      await apply(['apple'], fresh);
      watch.answer = () => 'unknown';
      expect(await takeAfter(600, 60)).toEqual([5, 'standing 5']);
      await run(Date.now() + 50 * MINUTE, 0, 1);
      expect(await takeAfter(600, 5)).toEqual([30, 'standing 30']);
      await run(Date.now() + 60 * MINUTE, 7, 1);
      expect(await takeAfter(600, 30)).toEqual([5, 'standing 5']);
    });

    it('leaves the schedule alone of a connector that is paused, and without one that it could change', async () => {
      await apply(['apple'], fresh);
      await planner.ask({ action: 'pause', connector: name });
      expect(await takeAfter(600, 5)).toEqual([undefined]);
      await planner.ask({ action: 'resume', connector: name });
      await apply(['apple']);
      expect(await takeAfter(600, 5)).toEqual([undefined]);
    });
  });

  it('throws where not all could be started, so that it is taken once more', async () => {
    await apply(['apple']);
    watch.isPending = () => true;
    watch.beforeFire = () => {
      throw new ConnectError('THROTTLED', '1 of 1 tasks were not started', { retriable: true });
    };
    await expect(take()).rejects.toMatchObject({ code: 'THROTTLED', retriable: true });
  });
});
