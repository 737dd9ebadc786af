import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, TaskRef } from '../../../src/store/store.ts';
import { connectorSpec, plannedTask } from '../../support/specs.ts';
import { Clock, freshName, lease, MINUTE, openWithTask, plan, positions, type StoreUnderTest, staged } from './store-under-test.ts';

const SUPERSEDED = { code: 'PLAN_SUPERSEDED', retriable: true };

export function dyingPlannerCases(backend: StoreUnderTest): void {
  describe('a planner that fails or dies', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    beforeEach(async () => {
      ({ store, ref, until } = await openWithTask(backend, clock));
      until = clock.in(15 * MINUTE);
    });
    afterEach(() => store.close());
    const begin = () => store.beginPlan(ref.connector, connectorSpec());
    const flip = (generation: number) => store.flip(ref.connector, { generation, spec: connectorSpec(), tasks: 1, until });
    const held = async () => {
      const generation = await begin();
      await store.extendPlan(ref.connector, generation, clock.in(MINUTE));
      await store.fence(ref, generation, until);
      await store.stage(ref, staged(generation, { p: '1', q: '2' }), until);
      return generation;
    };

    it('gives a task back, which runs on by the plan in force', async () => {
      const generation = await held();
      expect(await store.giveUpPlan(ref.connector, generation)).toBe('given-up');
      await store.unfence(ref, generation);
      const taken = await store.acquire(ref, 'run', until);
      expect(taken).toMatchObject({ outcome: 'acquired', item: { planned: plannedTask(['p']) } });
      await expect(flip(generation)).rejects.toMatchObject(SUPERSEDED);
    });

    it('holds no task by a write that arrives after it gave up', async () => {
      const generation = await held();
      await store.giveUpPlan(ref.connector, generation);
      await store.unfence(ref, generation);
      await store.fence(ref, generation, until);
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'acquired', item: { planned: plannedTask(['p']) } });
    });

    it('takes nothing back from a run or from a newer plan', async () => {
      const older = await held();
      const newer = await begin();
      await store.fence(ref, newer, until);
      expect(await store.giveUpPlan(ref.connector, older)).toBe('given-up');
      await store.unfence(ref, older);
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'busy' });
      await store.stage(ref, staged(newer, { p: '1' }), until);
      await flip(newer);
      await store.promote(ref, newer);
      const run = await lease(store, ref, 'run', until);
      await store.unfence(ref, older);
      await store.checkpoint(run, positions({ p: '5' }));
    });

    it('learns that its plan is in force after all, where only the answer was lost', async () => {
      const generation = await held();
      await flip(generation);
      expect(await store.giveUpPlan(ref.connector, generation)).toBe('in-force');
    });

    it('keeps its tasks while it says that it is at work', async () => {
      const generation = await held();
      clock.time += MINUTE - 1;
      await store.extendPlan(ref.connector, generation, clock.in(MINUTE));
      clock.time += MINUTE - 1;
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'busy' });
      await flip(generation);
    });

    it('loses them soon after it has died, and its plan never takes effect', async () => {
      const generation = await held();
      clock.time += MINUTE + 1;
      expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'busy' });
      clock.time += 5_000;
      const run = await lease(store, ref, 'run', until);
      await expect(store.extendPlan(ref.connector, generation, clock.in(MINUTE))).rejects.toMatchObject(SUPERSEDED);
      await expect(flip(generation)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.stage(ref, staged(generation, {}), until)).rejects.toMatchObject(SUPERSEDED);
      await store.checkpoint(run, positions({ p: '2' }));
    });

    it('loses no pause and no failure with them', async () => {
      await held();
      await store.setPaused(ref, true);
      clock.time += 2 * MINUTE;
      expect(await store.acquire(ref, 'run', until)).toEqual({ outcome: 'paused' });
    });

    it('is no reason against the next plan', async () => {
      await held();
      clock.time += 2 * MINUTE;
      const generation = await held();
      expect(await flip(generation)).toMatchObject({ generation });
    });
  });

  describe('positions of partitions that went', () => {
    const clock = new Clock();

    it('are kept as long as was asked for, the newest last, and go with the connector', async () => {
      const store = backend.open(clock.now);
      const connector = freshName();
      const kept = (task: number, position: string) => ({
        task,
        taskConfig: { partitions: ['p', 'q'], options: { ids: { p: 'x' } } },
        positions: positions({ p: position }),
      });
      await plan(store, connector, [{ p: '1' }]);
      await store.keepPositions(connector, 10, kept(0, '10'), clock.in(MINUTE));
      await store.keepPositions(connector, 9, kept(1, '9'), clock.in(2 * MINUTE));
      expect(await store.keptPositions(connector)).toEqual([kept(1, '9'), kept(0, '10')]);
      clock.time += MINUTE;
      expect(await store.keptPositions(connector)).toEqual([kept(1, '9')]);
      await store.beginDelete(connector);
      await store.deleteConnector(connector);
      expect(await store.keptPositions(connector)).toEqual([]);
      store.close();
    });
  });
}
