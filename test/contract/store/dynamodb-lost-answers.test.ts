import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import '../../support/native-errors.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, TaskRef } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { type LossyProxy, startLossyProxy } from '../../support/lossy-proxy.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, freshName, lease, MINUTE, plan, positions, removal, result, staged, task } from './store-under-test.ts';

describe('DynamoDB, when an answer is lost and the client asks again', () => {
  const clock = new Clock();
  let table: TestTable;
  let proxy: LossyProxy;
  /** A store that loses answers. `other` is somebody else with a good connection. */
  let store: ConnectStore;
  let other: ConnectStore;
  let ref: TaskRef;
  let until: number;
  beforeAll(async () => {
    table = await createTestTable();
    proxy = await startLossyProxy(table.options.endpoint);
    store = createDynamodbStore({ ...table.options, endpoint: proxy.url, now: clock.now });
    other = createDynamodbStore({ ...table.options, now: clock.now });
  });
  afterAll(async () => {
    store.close();
    other.close();
    await proxy.close();
    await table.drop();
  });
  beforeEach(async () => {
    ref = { connector: freshName(), task: 0 };
    until = clock.in(MINUTE);
    await plan(other, ref.connector, [{ p: '1' }]);
  });

  it('counts both requests', async () => {
    const before = store.requests;
    proxy.loseNextAnswer();
    await store.getConnector(ref.connector);
    expect(store.requests - before).toBe(2);
  });

  it('a lease that was taken is known as one’s own', async () => {
    proxy.loseNextAnswer();
    const held = await lease(store, ref, 'host 1', until);
    expect(held.epoch).toBe((await task(other, ref)).epoch);
    expect(await task(other, ref)).toMatchObject({ rerun: false });
    await store.release(held, result({ positions: positions({ p: '2' }) }));
  });

  it('a lease that someone else took is not', async () => {
    await lease(other, ref, 'host 1', until);
    proxy.loseNextAnswer();
    expect(await store.acquire(ref, 'host 1', until)).toMatchObject({ outcome: 'busy', until });
  });

  it('a checkpoint stands', async () => {
    const held = await lease(store, ref, 'run', until);
    proxy.loseNextAnswer();
    await store.checkpoint(held, positions({ p: '5' }));
    expect((await task(other, ref)).positions).toEqual(positions({ p: '5' }));
  });

  it('a release counts once and hands on the rerun', async () => {
    const held = await lease(store, ref, 'run', until);
    await other.acquire(ref, 'trigger', until);
    proxy.loseNextAnswer();
    expect(await store.release(held, result())).toEqual({ rerun: true });
    expect(await task(other, ref)).toMatchObject({ rerun: false, counters: { invocations: 1 } });
  });

  it('a release is done also where the next run has started meanwhile', async () => {
    const held = await lease(store, ref, 'run', until);
    await other.acquire(ref, 'trigger', until);
    proxy.loseNextAnswer(() => lease(other, ref, 'next', until));
    expect(await store.release(held, result({ positions: positions({ p: '5' }) }))).toEqual({ rerun: true });
    expect(await task(other, ref)).toMatchObject({ leaseOwner: 'next', positions: positions({ p: '5' }) });
  });

  it('a rerun is left though the task was freed meanwhile, or the trigger starts it itself', async () => {
    const held = await lease(other, ref, 'run', until);
    let released: { rerun: boolean } | undefined;
    proxy.loseNextAnswer(async () => {
      released = await other.release(held, result());
    });
    // The answer that is lost says "busy"; by the repeat the task is free.
    expect(await store.acquire(ref, 'trigger', until)).toMatchObject({ outcome: 'acquired' });
    expect(released).toEqual({ rerun: false });
  });

  it('every step of a plan goes on', async () => {
    proxy.loseNextAnswer();
    const generation = await store.beginPlan(ref.connector, connectorSpec());
    const gone = { ...ref, task: 1 };
    for (const made of [{ ...ref, task: 2 }, gone]) {
      proxy.loseNextAnswer();
      await store.stage(made, staged(generation, { q: '1' }), until);
    }
    proxy.loseNextAnswer();
    expect(await store.fence(ref, generation, until)).toMatchObject({ positions: positions({ p: '1' }) });
    proxy.loseNextAnswer();
    await store.stage(ref, staged(generation, { p: '1' }), until);
    await store.stage(gone, removal(generation), until);
    proxy.loseNextAnswer();
    expect(await store.flip(ref.connector, { generation, spec: connectorSpec(), tasks: 1, until })).toMatchObject({ generation });
    proxy.loseNextAnswer();
    expect(await store.promote(ref, generation)).toMatchObject({ generation });
    proxy.loseNextAnswer();
    expect(await store.promote(gone, generation)).toBeUndefined();
    expect((await other.listTasks(ref.connector)).map((item) => item.task)).toEqual([0, 2]);
  });

  it('a first plan makes one connector', async () => {
    const connector = freshName();
    for (let n = 0; n < 3; n += 1) {
      proxy.loseNextAnswer();
      await store.beginPlan(connector, connectorSpec());
    }
    expect((await other.getConnector(connector))?.lastGeneration).toBeGreaterThanOrEqual(3);
  });

  it('a delete is finished', async () => {
    for (const step of [() => store.beginDelete(ref.connector), () => store.deleteConnector(ref.connector)]) {
      proxy.loseNextAnswer();
      await step();
    }
    expect(await other.getConnector(ref.connector)).toBeUndefined();
  });
});
