import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, Lease, TaskRef } from '../../../src/store/store.ts';
import { Clock, lease, MINUTE, openWithTask, positions, result, type StoreUnderTest, task } from './store-under-test.ts';

export function loanCases(backend: StoreUnderTest): void {
  describe('a lease that is borrowed', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    beforeEach(async () => {
      ({ store, ref, until } = await openWithTask(backend, clock));
    });
    afterEach(() => store.close());

    const borrowed = async (): Promise<Lease> => {
      const lent = await store.borrow(ref, 'sampler', until);
      if (lent.outcome !== 'borrowed') throw new Error(`the answer was ${lent.outcome}`);
      return lent.lease;
    };

    it.each([
      { of: 'an idle task', prepare: async () => {} },
      { of: 'a paused task', prepare: () => store.setPaused(ref, true) },
      {
        of: 'a failed task with a run that was asked for',
        prepare: async () => {
          const run = await lease(store, ref, 'run', until);
          await store.acquire(ref, 'other', until);
          const failure = { code: 'AUTH_FAILED', message: 'no', count: 1, at: clock.time, notBefore: clock.time, fatal: true };
          await store.release(run, result({ positions: positions({ p: '2' }), failure }));
        },
      },
      {
        of: 'a task whose run died, with a trigger that came meanwhile',
        prepare: async () => {
          await store.acquire(ref, 'dead', clock.time);
          await store.acquire(ref, 'died, too', clock.in(1));
          await store.acquire(ref, 'trigger', until);
          clock.time += 1;
        },
      },
    ])('leaves $of as it was, but for the epoch', async ({ prepare }) => {
      await prepare();
      const { epoch, leaseOwner: _, leaseSince: __, leaseUntil: ___, ...before } = await task(store, ref);
      await store.giveBack(await borrowed());
      expect(await task(store, ref)).toEqual({ ...before, epoch: epoch + 1, leaseUntil: 0 });
    });

    it('keeps a run out, which is owed then, and is not to be had while a run is under way', async () => {
      const lent = await borrowed();
      expect(await store.acquire(ref, 'run', until)).toEqual({ outcome: 'busy', until, owner: 'sampler', first: true });
      await store.giveBack(lent);
      expect(await task(store, ref)).toMatchObject({ rerun: true });
      await lease(store, ref, 'run', until);
      expect(await store.borrow(ref, 'sampler', until)).toEqual({ outcome: 'busy', until, owner: 'run' });
    });

    it('ends with its time, and is then given back in vain', async () => {
      const lent = await borrowed();
      clock.time = until;
      const run = await lease(store, ref, 'run', clock.in(MINUTE));
      await store.giveBack(lent);
      await store.checkpoint(run, positions({ p: '3' }));
      expect(await task(store, ref)).toMatchObject({ leaseOwner: 'run', positions: positions({ p: '3' }) });
    });

    it('is not to be had of a task that does not exist', async () => {
      expect(await store.borrow({ ...ref, task: 9_999 }, 'sampler', until)).toEqual({ outcome: 'absent' });
    });
  });
}
