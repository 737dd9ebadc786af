import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, TaskRef } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, lease, MINUTE, openWithTask, result, type StoreUnderTest, staged, task } from './store-under-test.ts';

export function rerunCases(backend: StoreUnderTest): void {
  describe('a trigger that finds its task busy', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    beforeEach(async () => {
      ({ store, ref, until } = await openWithTask(backend, clock));
    });
    afterEach(() => store.close());

    it('leaves a rerun to whoever releases it, once', async () => {
      const held = await lease(store, ref, 'run', until);
      expect(await store.acquire(ref, 'other', until)).toMatchObject({ outcome: 'busy', until });
      expect(await task(store, ref)).toMatchObject({ rerun: true, epoch: held.epoch, leaseOwner: 'run' });
      expect(await store.release(held, result())).toEqual({ rerun: true });
      expect(await task(store, ref)).toMatchObject({ rerun: false });
      expect(await store.release(await lease(store, ref, 'next', until), result())).toEqual({ rerun: false });
    });

    it('costs a second request only where no rerun was left before', async () => {
      await lease(store, ref, 'run', until);
      const cost = async () => {
        const before = store.requests;
        await store.acquire(ref, 'other', until);
        return store.requests - before;
      };
      expect([await cost(), await cost(), await cost()]).toEqual([2, 1, 1]);
    });

    it('is served by the next run when the one before it died', async () => {
      await lease(store, ref, 'dies', until);
      await store.acquire(ref, 'other', until);
      clock.time = until;
      const next = await lease(store, ref, 'next', clock.in(MINUTE));
      expect(await store.release(next, result())).toEqual({ rerun: false });
    });

    it('is remembered across a plan', async () => {
      const generation = await store.beginPlan(ref.connector, connectorSpec());
      await store.fence(ref, generation, until);
      expect(await store.acquire(ref, 'other', until)).toMatchObject({ outcome: 'busy', until });
      await store.stage(ref, staged(generation, { p: '1' }), until);
      await store.flip(ref.connector, { generation, spec: connectorSpec(), tasks: 1, until });
      expect(await store.promote(ref, generation)).toMatchObject({ rerun: true });
    });

    it('is remembered by a task that had failed and is being planned again', async () => {
      const failure = { code: 'TIMEOUT', message: '', count: 9, at: 0, notBefore: 0, fatal: true };
      await store.release(await lease(store, ref, 'run', until), result({ failure }));
      await store.fence(ref, await store.beginPlan(ref.connector, connectorSpec()), until);
      expect(await store.acquire(ref, 'other', until)).toMatchObject({ outcome: 'busy', until });
    });

    it('is never lost between a release and the trigger that comes at the same moment', async () => {
      for (let round = 0; round < 25; round += 1) {
        const held = await lease(store, ref, `run ${round}`, until);
        const [released, triggered] = await Promise.all([store.release(held, result()), store.acquire(ref, 'trigger', until)]);
        if (triggered.outcome === 'acquired') await store.release(triggered.lease, result());
        else expect({ triggered, released }).toMatchObject({ triggered: { outcome: 'busy', until }, released: { rerun: true } });
      }
    });

    it('is served in the end, when many triggers and runs race', async () => {
      let arrived = 0;
      let copied = 0;
      // On a slow machine the task may change hands too fast for one try; the trigger then comes again.
      const acquire = (): ReturnType<typeof store.acquire> =>
        store.acquire(ref, 'run', until).catch((error: { readonly code?: string }) => {
          if (error.code === 'THROTTLED') return acquire();
          throw error;
        });
      const trigger = async (): Promise<void> => {
        const taken = await acquire();
        if (taken.outcome !== 'acquired') return;
        copied = arrived;
        if ((await store.release(taken.lease, result())).rerun) await trigger();
      };
      const event = async (delayMs: number): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        arrived += 1;
        await trigger();
      };
      await Promise.all(Array.from({ length: 60 }, (_, n) => event(n * 3)));
      expect(copied).toBe(arrived);
    });
  });
}
