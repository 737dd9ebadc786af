import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, TaskRef } from '../../../src/store/store.ts';
import { connectorSpec, plannedTask } from '../../support/specs.ts';
import {
  Clock,
  freshName,
  lease,
  MINUTE,
  plan,
  positions,
  removal,
  result,
  type StoreUnderTest,
  staged,
  task,
} from './store-under-test.ts';

const SUPERSEDED = { code: 'PLAN_SUPERSEDED', retriable: true };

export function planCases(backend: StoreUnderTest): void {
  describe('a plan', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    const begin = () => store.beginPlan(ref.connector, connectorSpec());
    const flip = (generation: number) => store.flip(ref.connector, { generation, spec: connectorSpec(), tasks: 1, until });
    beforeEach(() => {
      store = backend.open(clock.now);
      ref = { connector: freshName(), task: 0 };
      until = clock.in(MINUTE);
    });
    afterEach(() => store.close());

    it('fences and stages a task that keeps its positions in one write', async () => {
      await plan(store, ref.connector, [{ p: '7' }]);
      const run = await lease(store, ref, 'run', until);
      const generation = await begin();
      const { positions: _, ...inPlace } = staged(generation, { p: '' });
      const before = store.requests;
      const fenced = await store.fence(ref, generation, until, inPlace);
      expect(store.requests - before).toBe(1);
      expect(fenced).toMatchObject({ rerun: true, positions: positions({ p: '7' }), staged: inPlace });
      await expect(store.checkpoint(run, positions({ p: '8' }))).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await flip(generation);
      const promoted = await store.promote(ref, generation);
      expect(promoted).toMatchObject({ generation, positions: positions({ p: '7' }), leaseUntil: 0 });
      expect(promoted).not.toHaveProperty('staged');
    });

    it('makes new tasks, held by the planner until they are promoted', async () => {
      const generation = await begin();
      await store.stage(ref, staged(generation, { p: '7' }), until);
      const made = await task(store, ref);
      expect(made).toMatchObject({ ...ref, generation: 0, positions: new Map(), leaseUntil: until, paused: false, rerun: false });
      expect(made.staged).toEqual({ generation, remove: false, planned: plannedTask(['p']), positions: positions({ p: '7' }) });
      expect(made.planned).toBeUndefined();
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'busy', until });
      await flip(generation);
      const promoted = await store.promote(ref, generation);
      expect(promoted).toMatchObject({ ...ref, generation, planned: plannedTask(['p']), positions: positions({ p: '7' }), rerun: true });
      expect(promoted?.epoch).toBeGreaterThan(made.epoch);
      expect(promoted).not.toHaveProperty('staged');
      expect(promoted).not.toHaveProperty('leaseOwner');
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'acquired' });
    });

    it('cannot fence a task that does not exist', async () => {
      await expect(store.fence(ref, await begin(), until)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('task 0'),
      });
    });

    it('takes a running task away and reads the positions it wrote last', async () => {
      await plan(store, ref.connector, [{ p: '1' }]);
      const held = await lease(store, ref, 'run', clock.in(2 * MINUTE));
      await store.checkpoint(held, positions({ p: '50' }));
      const fenced = await store.fence(ref, await begin(), until);
      expect(fenced).toMatchObject({ positions: positions({ p: '50' }), leaseUntil: until });
      expect(fenced.epoch).toBeGreaterThan(held.epoch);
      await expect(store.checkpoint(held, positions({ p: '60' }))).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await expect(store.release(held, result({ positions: positions({ p: '60' }) }))).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect((await task(store, ref)).positions).toEqual(positions({ p: '50' }));
    });

    it('owes a run to a task that it took from one, and none to a task that was idle', async () => {
      await plan(store, ref.connector, [{}, {}]);
      await lease(store, ref, 'run', clock.in(2 * MINUTE));
      const generation = await begin();
      expect(await store.fence(ref, generation, until)).toMatchObject({ rerun: true });
      expect(await store.fence({ ...ref, task: 1 }, generation, until)).toMatchObject({ rerun: false });
      // Still after a planner that dies here, and another that goes on.
      expect(await store.fence(ref, await begin(), until)).toMatchObject({ rerun: true });
    });

    it('leaves the old config in force on a task until it is promoted', async () => {
      const before = await plan(store, ref.connector, [{ p: '1' }]);
      const generation = await begin();
      await store.fence(ref, generation, until);
      await store.stage(ref, staged(generation, { p: '1', q: '2' }), until);
      expect(await task(store, ref)).toMatchObject({ generation: before, planned: plannedTask(['p']), positions: positions({ p: '1' }) });
    });

    it('lets the task go on by the old plan when the planner died before the flip', async () => {
      await plan(store, ref.connector, [{ p: '1' }]);
      const generation = await begin();
      await store.fence(ref, generation, until);
      await store.stage(ref, staged(generation, { q: '2' }), until);
      clock.time = until;
      const taken = await store.acquire(ref, 'run', clock.in(MINUTE));
      expect(taken).toMatchObject({ outcome: 'acquired', item: { planned: plannedTask(['p']), staged: { generation } } });
      // From here its positions move on: the dead planner's stage must not come to life.
      await expect(store.stage(ref, staged(generation, { q: '2' }), clock.in(MINUTE))).rejects.toMatchObject(SUPERSEDED);
      await expect(flip(generation)).rejects.toMatchObject(SUPERSEDED);
    });

    it('can be promoted by the task itself when the planner died after the flip', async () => {
      await plan(store, ref.connector, [{ p: '1' }]);
      const generation = await begin();
      await store.fence(ref, generation, until);
      await store.stage(ref, staged(generation, { q: '2' }), until);
      await flip(generation);
      clock.time = until;
      const held = await lease(store, ref, 'run', clock.in(MINUTE));
      expect(await store.promote(ref, generation)).toMatchObject({
        generation,
        planned: plannedTask(['q']),
        positions: positions({ q: '2' }),
      });
      await expect(store.release(held, result())).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await store.acquire(ref, 'run', clock.in(MINUTE))).toMatchObject({ outcome: 'acquired', item: { generation } });
    });

    it('removes tasks, and a task that is gone stays gone', async () => {
      await plan(store, ref.connector, [{ p: '1' }, { q: '1' }]);
      const second = { ...ref, task: 1 };
      const generation = await begin();
      await store.fence(second, generation, until);
      await store.stage(second, removal(generation), until);
      await flip(generation);
      expect(await store.promote(second, generation)).toBeUndefined();
      expect(await store.promote(second, generation)).toBeUndefined();
      await store.stage(second, removal(generation), until);
      expect((await store.listTasks(ref.connector)).map((item) => item.task)).toEqual([0]);
      expect(await store.acquire(second, 'run', until)).toEqual({ outcome: 'absent' });
    });

    it('clears a failure and keeps counters, pause and last run', async () => {
      await plan(store, ref.connector, [{ p: '1' }]);
      const failure = { code: 'POSITION_LOST', message: 'gone', count: 1, at: 1, notBefore: 0, fatal: true };
      const counted = { invocations: 1, records: 5, bytes: 50, deadLetters: 1, dynamodbRequests: 3 };
      await store.release(await lease(store, ref, 'run', until), result({ failure, counted }));
      await store.setPaused(ref, true);
      await plan(store, ref.connector, [{ p: '1' }]);
      const item = await task(store, ref);
      expect(item).toMatchObject({ paused: true, counters: counted, lastRun: result().summary });
      expect(item).not.toHaveProperty('failure');
    });

    it('may repeat every step, as often as it likes, before it goes on', async () => {
      await plan(store, ref.connector, [{ p: '1' }]);
      const generation = await begin();
      for (let n = 0; n < 2; n += 1) await store.fence(ref, generation, until);
      for (let n = 0; n < 2; n += 1) await store.stage(ref, staged(generation, { p: '1' }), until);
      const flipped = await flip(generation);
      expect(await flip(generation)).toEqual(flipped);
      const promoted = await store.promote(ref, generation);
      expect(await store.promote(ref, generation)).toEqual(promoted);
    });

    it('does not touch a task any more that runs by it: repeats that arrive late are refused', async () => {
      const generation = await plan(store, ref.connector, [{ p: '1' }]);
      const held = await lease(store, ref, 'run', until);
      await expect(store.fence(ref, generation, until)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.stage(ref, staged(generation, { p: '0' }), until)).rejects.toMatchObject(SUPERSEDED);
      expect(await store.promote(ref, generation)).toMatchObject({ epoch: held.epoch, leaseOwner: 'run' });
      await store.release(held, result({ positions: positions({ p: '2' }) }));
    });

    it('does not take effect once its time is over', async () => {
      const generation = await begin();
      clock.time = until;
      await expect(flip(generation)).rejects.toMatchObject(SUPERSEDED);
      expect(await store.getConnector(ref.connector)).toMatchObject({ generation: 0 });
    });

    it('that took effect in time gets the same answer later, too', async () => {
      const generation = await begin();
      await flip(generation);
      clock.time = until;
      expect(await flip(generation)).toMatchObject({ generation });
    });
  });
}
