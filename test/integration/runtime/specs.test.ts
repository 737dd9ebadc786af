import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { takeLease } from '../../../src/runtime/run/take-lease.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { specId } from '../../../src/store/spec-id.ts';
import type { ConnectStore, TaskStore } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec } from '../../support/specs.ts';

const MINUTE_MS = 60_000;

describe('the spec of a connector is stored once for each plan', () => {
  let table: TestTable;
  let store: ConnectStore;
  let planner: FruitPlanner;
  let name: string;
  beforeAll(async () => {
    table = await createTestTable();
    store = createDynamodbStore(table.options);
  });
  afterAll(async () => {
    store.close();
    await table.drop();
  });
  beforeEach(() => {
    name = uniqueName('fruit');
    planner = new FruitPlanner(store);
    planner.shows('apple', 'plum');
  });

  const file = (overrides: Partial<ConnectorSpec>) => ({ maxTasks: 2, ...overrides });
  const failing = (maxFailures: number) => file({ errors: { ...connectorSpec().errors, maxFailures } });
  const specOf = (overrides: Partial<ConnectorSpec>) => connectorSpec({ name, type: 'fruit-source', ...overrides });
  /** The plans of these specs, in their order, that are still stored. */
  async function stored(...specs: readonly ConnectorSpec[]): Promise<number[]> {
    const fresh = createDynamodbStore(table.options);
    try {
      const read = await Promise.all(specs.map((spec, index) => fresh.getSpec(name, index + 1, specId(spec))));
      return read.flatMap((spec, index) => (spec === undefined ? [] : [index + 1]));
    } finally {
      fresh.close();
    }
  }
  const take = (task: number, from: TaskStore = store) =>
    takeLease(
      { connector: name, task },
      { store: from },
      { deadline: Date.now() + MINUTE_MS, owner: 'run', signal: new AbortController().signal },
    );

  it('each task runs by the one of its plan, also where a later plan left the task as it was', async () => {
    const scheduled = file({ trigger: { timeZone: 'UTC', schedule: 'rate(5 minutes)' } });
    await planner.apply(name, file({}));
    await planner.apply(name, scheduled);
    expect(await take(0)).toMatchObject({ outcome: 'acquired', item: { generation: 1 }, spec: { trigger: { timeZone: 'UTC' } } });
    expect(await stored(specOf(file({})), specOf(scheduled))).toEqual([1, 2]);
    await planner.apply(name, { ...scheduled, ...failing(9) });
    expect(await take(1)).toMatchObject({ outcome: 'acquired', item: { generation: 3 }, spec: { errors: { maxFailures: 9 } } });
    expect(await stored(specOf(file({})), specOf(scheduled), specOf({ ...scheduled, ...failing(9) }))).toEqual([3]);
  });

  it('what a planner left that died before it removed the old ones, the next one removes', async () => {
    await planner.apply(name, failing(1));
    const forgetPlans = () => Promise.reject(new Error('the planner dies here'));
    const dying = new FruitPlanner({ ...store, forgetPlans });
    dying.partitions = planner.partitions;
    await dying.apply(name, failing(2));
    const specs = [1, 2, 3].map((count) => specOf(failing(count)));
    expect(await stored(...specs)).toEqual([1, 2]);
    await planner.apply(name, failing(3));
    expect(await stored(...specs)).toEqual([3]);
  });

  it('a run that a plan overtakes between its lease and its spec ends, and the plan starts its task', async () => {
    await planner.apply(name, failing(1));
    const overtaken: TaskStore = {
      ...store,
      async getSpec(connector, generation, id) {
        await planner.apply(name, failing(2));
        return createDynamodbStore(table.options).getSpec(connector, generation, id);
      },
    };
    expect(await take(0, overtaken)).toMatchObject({ outcome: 'busy' });
    expect(planner.started).toEqual([0]);
    expect(await take(0)).toMatchObject({ outcome: 'acquired', spec: { errors: { maxFailures: 2 } } });
  });

  it('a run that can not read it leaves no lease behind, and does not count as one that died', async () => {
    await planner.apply(name, failing(1));
    const broken: TaskStore = { ...store, getSpec: () => Promise.reject(new Error('the table is throttled')) };
    await expect(take(0, broken)).rejects.toThrow('throttled');
    expect(await store.listTasks(name)).toMatchObject([{ leaseUntil: 0, unreleased: 0 }, {}]);
    expect((await store.listTasks(name))[0]).not.toHaveProperty('leaseOwner');
    expect(await take(0)).toMatchObject({ outcome: 'acquired', item: { unreleased: 1 } });
  });

  it('a run that does not find it takes that of the plan in force from the connector', async () => {
    await planner.apply(name, failing(1));
    const without: TaskStore = { ...store, getSpec: async () => undefined };
    expect(await take(0, without)).toMatchObject({ outcome: 'acquired', spec: { errors: { maxFailures: 1 } } });
  });

  it('a planner that comes late takes none from a connector that was made again meanwhile', async () => {
    await planner.apply(name, failing(1));
    await planner.apply(name, failing(2));
    const late = { generations: new Set([2]), tasks: 2 };
    await planner.ask({ action: 'delete', connector: name });
    await planner.apply(name, failing(3));
    await store.forgetPlans(name, 2, late);
    expect(await stored(specOf(failing(3)))).toEqual([1]);
  });

  it('a connector that is made again under its name has its own, also in a process that knew the one before', async () => {
    await planner.apply(name, failing(1));
    expect(await take(0)).toMatchObject({ spec: { errors: { maxFailures: 1 } } });
    await planner.ask({ action: 'delete', connector: name });
    await planner.apply(name, failing(2));
    expect(await take(0)).toMatchObject({ item: { generation: 1 }, spec: { errors: { maxFailures: 2 } } });
  });
});
