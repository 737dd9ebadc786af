import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditTasks } from '../../../functions/audit.ts';
import { type SourceTask, type SourceTaskContext, silentLogger } from '../../../src/api/index.ts';
import type { TaskDeps, TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { MAX_DEAD } from '../../../src/runtime/run/dead-runs.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { FruitWatch } from '../../support/fruit-watch.ts';
import { uniqueName } from '../../support/names.ts';
import { noTrigger } from '../../support/runtime.ts';

const MINUTE = 60_000;

describe('runs that die without a word', () => {
  let table: TestTable;
  let store: ConnectStore;
  let name: string;
  let later = 0;
  let started = 0;

  /** Reads nothing: it is the lease that counts here. */
  class FruitTask implements SourceTask {
    constructor(_context: SourceTaskContext<never>) {
      started += 1;
    }
    async start() {}
    async poll() {
      return { records: [], caughtUp: true };
    }
    async stop() {}
  }

  beforeAll(async () => {
    table = await createTestTable();
    store = createDynamodbStore({ ...table.options, now: () => Date.now() + later });
  });
  afterAll(async () => {
    store.close();
    await table.drop();
  });
  beforeEach(async () => {
    name = uniqueName('fruit');
    started = 0;
    later = 0;
    const planner = new FruitPlanner(store);
    planner.shows('apple');
    await planner.apply(name, { trigger: { schedule: 'rate(1 hour)', timeZone: 'UTC' } });
  });

  const deps = (): TaskDeps => ({
    store,
    continuation: noTrigger,
    taskClasses: { FruitTask: async () => ({ direction: 'source', create: FruitTask }) },
    loadRocketmq: () => Promise.reject(new Error('nothing is sent here')),
    loadQueues: () => Promise.reject(new Error('nothing is read here')),
    resolveSecrets: async (value) => value,
    clients: new WarmClients(),
    logger: silentLogger,
  });

  const run = (): Promise<TaskOutcome> =>
    runTask({ connector: name, task: 0 }, deps(), {
      deadline: Date.now() + later + MINUTE,
      owner: 'run',
      signal: new AbortController().signal,
    });

  /** Lets so many invocations take the lease and never be seen again. Each may say where it is. */
  async function die(times: number, positions?: ReadonlyMap<string, string>): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      const taken = await store.acquire({ connector: name, task: 0 }, 'dies', Date.now() + later + MINUTE);
      if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
      if (positions !== undefined) await store.checkpoint(taken.lease, positions);
      later += 2 * MINUTE;
    }
  }

  const audit = async () => {
    const watch = new FruitWatch();
    const found = await auditTasks({ ...watch.deps(store), store }, Date.now() + later, new AbortController().signal);
    return found.failed.filter((task) => task.startsWith(name));
  };

  it('fail their task by name once there are too many in a row, until it is resumed', async () => {
    await die(MAX_DEAD);
    expect(await audit()).toEqual([]);
    expect(await run()).toMatchObject({ outcome: 'failed', summary: { outcome: 'failed', error: { code: 'INTERRUPTED' } } });
    const [item] = await store.listTasks(name);
    expect(item?.failure).toMatchObject({
      fatal: true,
      count: MAX_DEAD,
      message: expect.stringMatching(/^the last 20 invocations died: .*raise taskMemory or taskTimeout, and resume$/),
    });
    expect(await audit()).toEqual([`${name}/0`]);
    expect(await store.listRuns(name, 5)).toMatchObject([{ task: 0, outcome: 'failed' }]);
    expect(await run()).toMatchObject({ outcome: 'failed-before' });
    expect(started).toBe(0);

    await new FruitPlanner(store).ask({ action: 'resume', connector: name });
    expect(await run()).toMatchObject({ outcome: 'ran' });
    expect(await audit()).toEqual([]);
  });

  it('do not fail a task that gets on between them', async () => {
    await die(MAX_DEAD - 1);
    await die(1, new Map([['apple', '7']]));
    await die(MAX_DEAD - 2);
    expect(await run()).toMatchObject({ outcome: 'ran' });
    await die(MAX_DEAD - 1);
    expect(await run()).toMatchObject({ outcome: 'ran' });
    expect(started).toBe(2);
  });

  it('fail a task that only said that it is there', async () => {
    await die(MAX_DEAD, new Map());
    expect(await run()).toMatchObject({ outcome: 'failed' });
    expect(started).toBe(0);
  });
});
