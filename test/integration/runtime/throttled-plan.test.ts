import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { specId } from '../../../src/store/spec-id.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { WriteLimit } from '../../support/aws-rules/throttling-handler.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { connectorSpec } from '../../support/specs.ts';

/** A run with `PLAN_TASKS=1000` takes some minutes. */
const TASKS = Number(process.env.PLAN_TASKS ?? 75);
const UNITS_A_SECOND = 120;
/** What a connector may have, and the time of its planner. */
const MOST_TASKS = 10_000;
const PLANNER_TIMEOUT_S = 885;

/** As the planner applies it. */
const specOf = (overrides: Partial<ConnectorSpec>) => connectorSpec({ name: 'fruit', type: 'fruit-source', ...overrides });

describe('a plan of many tasks on a table that throttles', () => {
  let table: TestTable;
  let store: ConnectStore;
  let limit: WriteLimit;
  beforeEach(async () => {
    table = await createTestTable();
  });
  afterEach(async () => {
    store.close();
    await table.drop();
  });

  function open(patient: boolean): FruitPlanner {
    const { endpoint, table: name } = table.options;
    limit = new WriteLimit(UNITS_A_SECOND);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint, region: 'local', credentials, maxAttempts: 2, requestHandler: limit.handler });
    store = createDynamodbStore({ table: name, patient, client });
    const planner = new FruitPlanner(store);
    planner.shows(...Array.from({ length: TASKS }, (_, n) => `partition-${n}`));
    return planner;
  }

  it('ends right at the first try, and so does one that changes all of them', async () => {
    const planner = open(true);
    await planner.apply('fruit', { maxTasks: TASKS });
    const made = limit.units / TASKS;
    const changed = { maxTasks: TASKS, batch: { ...connectorSpec().batch, maxRecords: 7 } };
    const { tasks } = await planner.apply('fruit', changed);
    expect(tasks.filter(({ change }) => change === 'change')).toHaveLength(TASKS);
    expect(limit.throttled).toBeGreaterThan(0);
    // Of items of this size. Each write costs a unit for each KiB that the item has before or after it, whichever is more.
    const unitsOfTask = { made, changed: limit.units / TASKS - made };
    expect(unitsOfTask).toEqual({ made: expect.closeTo(2, 0), changed: expect.closeTo(2, 0) });
    expect((MOST_TASKS * Math.max(...Object.values(unitsOfTask))) / UNITS_A_SECOND).toBeLessThan(PLANNER_TIMEOUT_S);
    const items = await store.listTasks('fruit');
    expect(items.filter(({ planned }) => planned?.spec === specId(specOf(changed)))).toHaveLength(TASKS);
    expect(items.filter(({ leaseOwner, staged }) => leaseOwner !== undefined || staged !== undefined)).toEqual([]);
  }, 600_000);

  it('leaves no task held where it fails', async () => {
    const planner = open(true);
    await planner.apply('fruit', { maxTasks: TASKS });
    let fenced = 0;
    const failing = new FruitPlanner(
      new Proxy(store, {
        get: (of, method) => {
          if (method !== 'fence') return Reflect.get(of, method);
          return async (...args: Parameters<ConnectStore['fence']>) => {
            fenced += 1;
            if (fenced > TASKS / 3) throw new Error('the network is gone');
            return of.fence(...args);
          };
        },
      }),
    );
    failing.partitions = planner.partitions;
    const changed = { maxTasks: TASKS, batch: { ...connectorSpec().batch, maxRecords: 7 } };
    await expect(failing.apply('fruit', changed)).rejects.toMatchObject({ message: 'the network is gone' });
    const items = await store.listTasks('fruit');
    expect(items).toHaveLength(TASKS);
    expect(items.filter(({ leaseOwner }) => leaseOwner !== undefined)).toEqual([]);
    expect(items.filter(({ planned }) => planned?.spec === specId(specOf(changed)))).toEqual([]);
  }, 600_000);

  it('leaves no task held for more than two minutes where its planner is killed', async () => {
    const planner = open(true);
    await planner.apply('fruit', { maxTasks: TASKS });
    const { promise: silence, reject: wake } = Promise.withResolvers<never>();
    const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
    let fenced = 0;
    const dying = new FruitPlanner(
      new Proxy(store, {
        get: (of, method) => {
          if (fenced > TASKS / 3) return () => silence;
          if (method !== 'fence') return Reflect.get(of, method);
          return async (...args: Parameters<ConnectStore['fence']>) => {
            fenced += 1;
            if (fenced <= TASKS / 3) return of.fence(...args);
            kill();
            return silence;
          };
        },
      }),
    );
    dying.partitions = planner.partitions;
    const applied = dying.apply('fruit', { maxTasks: TASKS, batch: { ...connectorSpec().batch, maxRecords: 7 } });
    await killed;
    const later = createDynamodbStore({ ...table.options, now: () => Date.now() + 2 * 60_000 });
    try {
      const held = (await later.listTasks('fruit')).filter(({ leaseOwner }) => leaseOwner !== undefined);
      expect(held.length).toBeGreaterThan(0);
      for (const ref of held) {
        const taken = await later.acquire(ref, 'run', Date.now() + 3 * 60_000);
        expect(taken).toMatchObject({ outcome: 'acquired', item: { planned: { spec: specId(specOf({ maxTasks: TASKS })) } } });
      }
    } finally {
      later.close();
      wake(new Error('killed'));
      await expect(applied).rejects.toThrow('killed');
    }
  }, 600_000);
});
