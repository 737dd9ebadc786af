import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, TaskRef } from '../../../src/store/store.ts';
import { connectorSpec, plannedTask } from '../../support/specs.ts';
import { Clock, lease, MINUTE, openWithTask, plan, positions, type StoreUnderTest, staged, task } from './store-under-test.ts';

const SUPERSEDED = { code: 'PLAN_SUPERSEDED', retriable: true };

/** Two planners of one connector: the one that began later wins, whatever the older one had reached. */
export function rivalPlanCases(backend: StoreUnderTest): void {
  describe('an older plan', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    let older: number;
    let newer: number;
    const begin = () => store.beginPlan(ref.connector, connectorSpec());
    const flip = (generation: number) => store.flip(ref.connector, { generation, spec: connectorSpec(), tasks: 1, until });
    beforeEach(async () => {
      ({ store, ref, until } = await openWithTask(backend, clock));
      older = await begin();
    });
    afterEach(() => store.close());

    it('may still fence a task that the newer one has not reached, but not flip', async () => {
      newer = await begin();
      await store.fence(ref, older, until);
      await expect(flip(older)).rejects.toMatchObject(SUPERSEDED);
    });

    it('is stopped at each step by a newer fence', async () => {
      await store.fence(ref, older, until);
      await store.stage(ref, staged(older, { p: '1' }), until);
      newer = await begin();
      const fenced = await store.fence(ref, newer, until);
      await expect(store.fence(ref, older, until)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.stage(ref, staged(older, { p: '0' }), until)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.promote(ref, older)).rejects.toMatchObject(SUPERSEDED);
      expect(await task(store, ref)).toMatchObject({ epoch: fenced.epoch, positions: positions({ p: '1' }) });
    });

    it('is stopped at each step by a newer stage, also on a task that both make', async () => {
      const made = { ...ref, task: 1 };
      await store.stage(made, staged(older, { q: '1' }), until);
      newer = await begin();
      await store.stage(made, staged(newer, { r: '1' }), until);
      await expect(store.stage(made, staged(older, { q: '1' }), until)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.promote(made, older)).rejects.toMatchObject(SUPERSEDED);
      await flip(newer);
      expect(await store.promote(made, newer)).toMatchObject({ planned: plannedTask(['r']) });
    });

    it('is stopped at each step once the newer one is in force', async () => {
      newer = await plan(store, ref.connector, [{ p: '5' }]);
      await expect(store.fence(ref, older, until)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.stage(ref, staged(older, { p: '0' }), until)).rejects.toMatchObject(SUPERSEDED);
      await expect(flip(older)).rejects.toMatchObject(SUPERSEDED);
      await expect(store.promote(ref, older)).rejects.toMatchObject(SUPERSEDED);
      expect(await task(store, ref)).toMatchObject({ generation: newer, positions: positions({ p: '5' }) });
    });

    it('that is in force can be promoted once the newer planner has died', async () => {
      await store.fence(ref, older, until);
      await store.stage(ref, staged(older, { p: '9' }), until);
      await flip(older);
      newer = await begin();
      await store.fence(ref, newer, until);
      await expect(store.promote(ref, older)).rejects.toMatchObject(SUPERSEDED);
      clock.time = until;
      const held = await lease(store, ref, 'run', clock.in(MINUTE));
      expect(await store.promote(ref, older)).toMatchObject({ generation: older, positions: positions({ p: '9' }) });
      await expect(store.stage(ref, staged(newer, { p: '1' }), clock.in(MINUTE))).rejects.toMatchObject(SUPERSEDED);
      await expect(store.checkpoint(held, positions({ p: '2' }))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    });
  });
}
