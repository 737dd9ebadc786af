import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { ConfigResult, HistoryResult } from '../../../src/runtime/planner-api.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec } from '../../support/specs.ts';

// DynamoDB Local is slow where other tests share the cores.
jest.setTimeout(900_000);

const YEAR_MS = 366 * 24 * 60 * 60_000;

describe('the history of a connector', () => {
  let table: TestTable;
  let store: ConnectStore;
  let planner: FruitPlanner;
  let name: string;
  beforeAll(async () => {
    table = await createTestTable();
    store = createDynamodbStore(table.options);
  });
  afterAll(async () => {
    store?.close();
    await table?.drop();
  });
  beforeEach(() => {
    planner = new FruitPlanner(store, { caller: () => ({ name: 'ada@host', request: 'request-1' }) });
    planner.shows('apple', 'pear');
    name = uniqueName('fruit');
  });

  const changes = async () => (await planner.ask<HistoryResult>({ action: 'history', connector: name })).changes;
  const file = (maxTasks: number) => connectorSpec({ name, type: 'fruit-source', maxTasks });

  it('says who changed what and when, the newest change first', async () => {
    const before = Date.now();
    await planner.ask({ action: 'apply', file: file(1), actor: 'arn:aws:iam::123456789012:user/eve' });
    await planner.apply(name, { maxTasks: 2 });
    await planner.ask({ action: 'pause', connector: name });
    await planner.ask({ action: 'resume', connector: name });
    await planner.ask({ action: 'restart', connector: name, tasks: [1] });
    await planner.ask({ action: 'stop', connector: name });
    const all = await changes();
    expect(all).toMatchObject([
      { action: 'stop', state: 'done', generation: 2, details: { desired: { before: 'RUNNING', after: 'STOPPED' } } },
      { action: 'restart', details: { restarted: { count: 1, first: [1] } } },
      { action: 'resume', details: { desired: { before: 'PAUSED', after: 'RUNNING' } } },
      { action: 'pause', details: { desired: { before: 'RUNNING', after: 'PAUSED' } } },
      {
        action: 'apply',
        actor: { name: 'ada@host', claimed: false, request: 'request-1' },
        state: 'done',
        generation: 2,
        inForce: true,
        details: {
          options: [{ option: 'maxTasks', before: 1, after: 2 }],
          plan: { created: 1, changed: 1, deleted: 0, moved: 1 },
        },
      },
      {
        action: 'apply',
        actor: { name: 'arn:aws:iam::123456789012:user/eve', claimed: true, request: 'request-1' },
        generation: 1,
        details: { plan: { created: 1 }, gained: { count: 2, first: ['apple', 'pear'] } },
      },
    ]);
    expect(all.every(({ at }) => at >= before && at <= Date.now())).toBe(true);
    expect(await planner.ask<HistoryResult>({ action: 'history', connector: name, limit: 2 })).toMatchObject({
      changes: [{ action: 'stop' }, { action: 'restart' }],
    });
  });

  it('has no entry for what changed nothing', async () => {
    await planner.apply(name);
    await planner.apply(name);
    await planner.ask({ action: 'replan', connector: name });
    await planner.ask({ action: 'restart', connector: name, onlyFailed: true });
    await expect(planner.ask({ action: 'skip', connector: name, place: 'apple@1' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await changes()).toMatchObject([{ action: 'apply' }]);
    planner.shows('apple', 'pear', 'plum');
    await planner.ask({ action: 'replan', connector: name });
    expect((await changes())[0]).toMatchObject({ action: 'replan', details: { gained: { count: 1, first: ['plum'] } } });
  });

  it('is refused for a name that no connector ever had, a wrong number, and an actor that is no name', async () => {
    await expect(changes()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await planner.apply(name);
    await expect(planner.ask({ action: 'history', connector: name, limit: 0 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    for (const actor of ['a\nb', 'x'.repeat(513), 1 as unknown as string]) {
      await expect(planner.ask({ action: 'pause', connector: name, actor })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
    expect(await store.getConnector(name)).toMatchObject({ desired: 'RUNNING' });
  });

  it('keeps the file of each generation, and puts it in force again', async () => {
    await planner.apply(name, { maxTasks: 1 });
    await planner.apply(name, { maxTasks: 2, trigger: { timeZone: 'UTC', schedule: 'rate(5 minutes)' } });
    const config = (generation?: number) =>
      planner.ask<ConfigResult>({ action: 'config', connector: name, ...(generation !== undefined && { generation }) });
    expect(await config()).toMatchObject({ generation: 2, file: { maxTasks: 2 } });
    expect(await config(1)).toMatchObject({ generation: 1, file: { name, maxTasks: 1, source: { topics: ['orders'] } } });

    const dry = await planner.ask({ action: 'rollback', connector: name, generation: 1, dryRun: true });
    expect(dry).toMatchObject({
      generation: 2,
      changed: true,
      options: [{ option: 'maxTasks', before: 2, after: 1 }, { option: 'trigger.schedule' }],
    });
    expect(await changes()).toHaveLength(2);
    expect(await planner.ask({ action: 'rollback', connector: name, generation: 1 })).toMatchObject({ generation: 3 });
    expect(await config()).toMatchObject({ generation: 3, file: { maxTasks: 1 } });
    expect((await changes())[0]).toMatchObject({ action: 'rollback', details: { backTo: 1, plan: { deleted: 1, changed: 1 } } });
    expect((await config()).file).toEqual((await config(1)).file);
    expect(await planner.ask({ action: 'rollback', connector: name, generation: 3 })).toMatchObject({ changed: false });

    await expect(config(9)).rejects.toMatchObject({ code: 'NOT_FOUND', remedy: 'use one of 3, 2, 1' });
    await expect(planner.ask({ action: 'rollback', connector: name, generation: 1.5 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('keeps the file that a change replaced, however long ago that was applied', async () => {
    await planner.apply(name, { maxTasks: 1 });
    const later = createDynamodbStore({ ...table.options, now: () => Date.now() + YEAR_MS + 60_000 });
    try {
      const inAYear = new FruitPlanner(later);
      expect(await later.listChanges(name)).toEqual([]);
      // What is changed a year later is kept from then on.
      await planner.apply(name, { maxTasks: 2 });
      const [second] = await store.listChanges(name);
      expect(second).toMatchObject({ generation: 2, before: { generation: 1, spec: { maxTasks: 1 } } });
      expect(await inAYear.ask({ action: 'history', connector: name })).toMatchObject({ changes: [] });
    } finally {
      later.close();
    }
  });

  it('outlives its connector, whose file can be had back, and does not mix with that of a namesake', async () => {
    await planner.apply(name, { maxTasks: 1 });
    await planner.apply(name, { maxTasks: 2 });
    await planner.ask({ action: 'delete', connector: name });
    expect((await changes()).map(({ action }) => action)).toEqual(['delete', 'apply', 'apply']);
    const config = (generation: number) => planner.ask<ConfigResult>({ action: 'config', connector: name, generation });
    expect(await config(2)).toMatchObject({ file: { maxTasks: 2 } });
    await expect(planner.ask({ action: 'rollback', connector: name, generation: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });

    await planner.apply(name, { maxTasks: 3 });
    expect(await changes()).toHaveLength(4);
    expect(await config(1)).toMatchObject({ file: { maxTasks: 3 } });
    await expect(config(2)).rejects.toMatchObject({ code: 'NOT_FOUND', remedy: 'use one of 1' });
  });

  it('says what failed, and knows no generation that never took effect', async () => {
    await planner.apply(name, { maxTasks: 1 });
    const failing = new FruitPlanner(dyingStore(store, 'flip', 1, { once: true }));
    failing.shows('apple', 'pear');
    await expect(failing.apply(name, { maxTasks: 2 })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const [failed] = await changes();
    expect(failed).toMatchObject({ action: 'apply', state: 'failed', generation: 2, error: { code: 'UNREACHABLE' } });
    await expect(planner.ask({ action: 'config', connector: name, generation: 2 })).rejects.toMatchObject({ remedy: 'use one of 1' });
  });

  const asked = {
    apply: () => ({ action: 'apply', file: file(2) }) as const,
    pause: () => ({ action: 'pause', connector: name }) as const,
    delete: () => ({ action: 'delete', connector: name }) as const,
  };

  it.each(Object.entries(asked))('has the change wherever a planner dies: %s', async (_, request) => {
    for (let call = 1; ; call += 1) {
      name = uniqueName('fruit');
      await planner.apply(name, { maxTasks: 1 });
      await planner.apply(name, { maxTasks: 3 });
      const before = await store.getConnector(name);
      const known = (await changes()).length;
      const { action, ...rest } = request();
      const dying = new FruitPlanner(dyingStore(store, undefined, call));
      dying.shows('apple', 'pear');
      const died = await dying.ask({ action, ...rest } as never).then(
        () => false,
        () => true,
      );
      const after = await store.getConnector(name);
      const all = await changes();
      const isChanged =
        after?.generation !== before?.generation || after?.desired !== before?.desired || after?.deleting !== before?.deleting;
      if (isChanged || after === undefined) expect(all).toHaveLength(known + 1);
      if (all.length > known) expect(all[0]).toMatchObject({ action });
      const isInForce = after !== undefined && after.generation !== before?.generation;
      if (isInForce) expect(all[0]).toMatchObject({ state: 'done', inForce: true, generation: after.generation });
      if (!died) break;
    }
  });
});

/** A store whose process dies at the nth call of a method, or of any: that call is not made, and no later one, or only that one fails. */
function dyingStore(store: ConnectStore, method: string | undefined, nth: number, { once = false } = {}): ConnectStore {
  let calls = 0;
  const fails = (property: string) => {
    if (method !== undefined && property !== method) return false;
    calls += 1;
    return once ? calls === nth : calls >= nth;
  };
  return new Proxy(store, {
    get: (object, property) => {
      const value = Reflect.get(object, property, object);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (fails(String(property))) throw new ConnectError('UNREACHABLE', 'the process is dead', { retriable: true });
        return value.apply(object, args);
      };
    },
  });
}
