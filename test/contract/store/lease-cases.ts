import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore, Failure, Release, TaskRef } from '../../../src/store/store.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { plannedTask } from '../../support/specs.ts';
import {
  Clock,
  lease,
  MINUTE,
  NOTHING_COUNTED,
  openWithTask,
  plan,
  positions,
  result,
  type StoreUnderTest,
  summary,
  task,
} from './store-under-test.ts';

const LEASE_LOST = { code: 'LEASE_LOST', message: expect.stringMatching(/^task 0 of connector /) };

export function leaseCases(backend: StoreUnderTest): void {
  describe('a lease', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let ref: TaskRef;
    let until: number;
    beforeEach(async () => {
      ({ store, ref, until } = await openWithTask(backend, clock, { p: '1', q: '1' }));
    });
    afterEach(() => store.close());

    it('comes with everything that an invocation needs', async () => {
      const before = await task(store, ref);
      const taken = await store.acquire(ref, 'run', until);
      const epoch = before.epoch + 1;
      expect(taken).toMatchObject({ outcome: 'acquired', lease: { ...ref, epoch, owner: 'run', until } });
      expect(taken).toMatchObject({ item: { ...before, epoch, leaseOwner: 'run', leaseUntil: until, planned: plannedTask(['p', 'q']) } });
    });

    it('says since when something may be left, until a run leaves nothing', async () => {
      expect(await task(store, ref)).not.toHaveProperty('behindSince');
      const first = await lease(store, ref, 'run', until);
      const since = clock.time;
      expect(await task(store, ref)).toMatchObject({ behindSince: since });
      await store.release(first, result());
      clock.time += MINUTE;
      const second = await lease(store, ref, 'run', clock.time + MINUTE);
      expect(await task(store, ref)).toMatchObject({ behindSince: since });
      await store.release(second, result({ caughtUp: true }));
      expect(await task(store, ref)).not.toHaveProperty('behindSince');
    });

    it('can be put back by a run that could not begin, and counts as no run that died', async () => {
      const taken = await lease(store, ref, 'run', until);
      expect(await store.putBack(taken)).toBe(true);
      expect(await task(store, ref)).toMatchObject({ leaseUntil: 0, unreleased: 0, positions: positions({ p: '1', q: '1' }) });
      const next = await lease(store, ref, 'another run', until);
      expect(await store.putBack(taken)).toBe(false);
      await store.release(next, result());
    });

    it('is not to be had of a task that does not exist', async () => {
      expect(await store.acquire({ ...ref, task: 9_999 }, 'run', until)).toEqual({ outcome: 'absent' });
      expect(await store.listTasks(ref.connector)).toHaveLength(1);
    });

    it('goes to one of many who ask at once', async () => {
      const asked = await Promise.all(Array.from({ length: 16 }, (_, n) => store.acquire(ref, `run ${n}`, until)));
      expect(asked.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
      expect(asked.filter(({ outcome }) => outcome === 'busy')).toHaveLength(15);
    });

    it('is not shared by two who give the same name', async () => {
      await lease(store, ref, 'host 1', until);
      expect(await store.acquire(ref, 'host 1', until)).toMatchObject({ outcome: 'busy', until });
    });

    it('is taken at once from a holder that is known to have ended, and only from that one', async () => {
      const dead = await lease(store, ref, 'dead', until);
      expect(await store.acquire(ref, 'next', until, (owner) => owner === 'other')).toMatchObject({ outcome: 'busy', owner: 'dead' });
      const asked = await Promise.all(['a', 'b'].map((owner) => store.acquire(ref, owner, until, (holder) => holder === 'dead')));
      expect(asked.map(({ outcome }) => outcome).sort()).toEqual(['acquired', 'busy']);
      await expect(store.checkpoint(dead, new Map())).rejects.toMatchObject({ code: 'LEASE_LOST' });
    });

    it('is free again after its release', async () => {
      const first = await lease(store, ref, 'run', until);
      await store.release(first, result());
      expect(await task(store, ref)).toMatchObject({ leaseUntil: 0, epoch: first.epoch });
      const second = await lease(store, ref, 'run', until);
      expect(second.epoch).toBe(first.epoch + 1);
    });

    it('can be taken at the moment it expires, and what the zombie writes then fails', async () => {
      const zombie = await lease(store, ref, 'zombie', until);
      clock.time = until - 1;
      expect(await store.acquire(ref, 'run', clock.in(MINUTE))).toMatchObject({ outcome: 'busy' });
      clock.time = until;
      const heir = await lease(store, ref, 'run', clock.in(MINUTE));
      await store.checkpoint(heir, positions({ p: '10' }));
      await expect(store.checkpoint(zombie, positions({ p: '5' }))).rejects.toMatchObject(LEASE_LOST);
      await expect(store.release(zombie, result({ positions: positions({ p: '5' }) }))).rejects.toMatchObject(LEASE_LOST);
      await store.release(heir, result());
      await expect(store.checkpoint(zombie, positions({ p: '5' }))).rejects.toMatchObject(LEASE_LOST);
      await expect(store.release(zombie, result())).rejects.toMatchObject(LEASE_LOST);
      expect((await task(store, ref)).positions).toEqual(positions({ p: '10', q: '1' }));
    });

    it('that expired and was taken by nobody is still good for a write', async () => {
      const held = await lease(store, ref, 'slow', until);
      clock.time = until + MINUTE;
      await store.release(held, result({ positions: positions({ p: '2' }) }));
      expect((await task(store, ref)).positions).toEqual(positions({ p: '2', q: '1' }));
    });

    it('that was released is good for nothing but the same release', async () => {
      const held = await lease(store, ref, 'run', until);
      await store.acquire(ref, 'other', until);
      expect(await store.release(held, result())).toEqual({ rerun: true });
      expect(await store.release(held, result())).toEqual({ rerun: true });
      await expect(store.checkpoint(held, positions({ p: '5' }))).rejects.toMatchObject(LEASE_LOST);
      expect((await task(store, ref)).counters.invocations).toBe(1);
    });

    it('of a task that was deleted and made again is not good for the new one', async () => {
      const zombie = await lease(store, ref, 'host 1', until);
      await store.beginDelete(ref.connector);
      await store.deleteConnector(ref.connector);
      clock.time += 1_000;
      await plan(store, ref.connector, [{ p: '1' }]);
      for (let n = 0; n < 3; n += 1) {
        await expect(store.checkpoint(zombie, positions({ p: '999' }))).rejects.toMatchObject(LEASE_LOST);
        await lease(store, ref, 'host 1', clock.in(MINUTE));
        clock.time += MINUTE;
      }
    });

    it('tells who lost the lease, also where there is nothing to write', async () => {
      const zombie = await lease(store, ref, 'host 1', until);
      await store.checkpoint(zombie, new Map());
      clock.time = until + 1;
      const heir = await lease(store, ref, 'host 1', clock.in(MINUTE));
      await expect(store.checkpoint(zombie, new Map())).rejects.toMatchObject(LEASE_LOST);
      await store.checkpoint(heir, new Map());
    });

    it('writes the positions that moved and keeps the others', async () => {
      const held = await lease(store, ref, 'run', until);
      await store.checkpoint(held, positions({ p: '5', 'new.partition #1': '0' }));
      await store.checkpoint(held, new Map());
      await store.release(held, result({ positions: positions({ q: '7' }) }));
      expect((await task(store, ref)).positions).toEqual(positions({ p: '5', q: '7', 'new.partition #1': '0' }));
    });

    it('counts those in a row that nobody released, up to the first that moved a position', async () => {
      const died = async (moved?: Readonly<Record<string, string>>): Promise<number | undefined> => {
        const held = await lease(store, ref, 'dies', clock.in(MINUTE));
        if (moved !== undefined) await store.checkpoint(held, positions(moved));
        clock.time += MINUTE;
        return (await task(store, ref)).unreleased;
      };
      expect([await died(), await died(), await died({})]).toEqual([1, 2, 3]);
      expect([await died({ p: '2' }), await died()]).toEqual([1, 2]);
      await store.release(await lease(store, ref, 'ends', clock.in(MINUTE)), result());
      expect(await died()).toBe(1);
      await store.clearFailure(ref);
      expect(await task(store, ref)).not.toHaveProperty('unreleased');
    });

    it('writes the positions of thousands of partitions', async () => {
      const many = (position: string) => positions(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`topic-${n}`, position])));
      const held = await lease(store, ref, 'run', until);
      await store.checkpoint(held, many('5'));
      await store.release(held, result({ positions: many('6') }));
      expect((await task(store, ref)).positions).toEqual(new Map([...positions({ p: '1', q: '1' }), ...many('6')]));
    });

    it('keeps the summary of the last run and adds to the counters', async () => {
      const counted = { invocations: 1, records: 10, bytes: 1_000, deadLetters: 1, dynamodbRequests: 3 };
      const last = summary({ outcome: 'failed', records: 10, lagMs: 5, error: { code: 'TIMEOUT', message: 'slow' } });
      for (const each of [summary(), last]) await store.release(await lease(store, ref, 'run', until), result({ counted, summary: each }));
      expect(await task(store, ref)).toMatchObject({
        lastRun: last,
        counters: { invocations: 2, records: 20, bytes: 2_000, deadLetters: 2, dynamodbRequests: 6 },
      });
    });

    it('costs an idle invocation exactly two requests', async () => {
      const idle = async () => store.release(await lease(store, ref, 'run', until), result());
      expect(await fewestRequests(store, 2, idle)).toBe(2);
    });

    describe('of a task that may not run', () => {
      const failing = async (failure: Partial<Failure>) => {
        const whole = { code: 'TIMEOUT', message: 'slow', count: 1, at: clock.time, notBefore: 0, fatal: false, ...failure };
        await store.release(await lease(store, ref, 'run', until), result({ failure: whole, counted: NOTHING_COUNTED }));
        return whole;
      };

      it('is refused while it is paused', async () => {
        await store.setPaused(ref, true);
        expect(await store.acquire(ref, 'run', until)).toEqual({ outcome: 'paused' });
        await store.setPaused(ref, false);
        expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'acquired' });
      });

      it('is refused before its retry time, given from then on, and the failure ends with a run that goes well', async () => {
        const failure = await failing({ notBefore: clock.in(1_000) });
        expect(await store.acquire(ref, 'run', until)).toEqual({ outcome: 'not-before', notBefore: failure.notBefore });
        clock.time += 1_000;
        const retry = await store.acquire(ref, 'run', until);
        expect(retry).toMatchObject({ outcome: 'acquired', item: { failure } });
        if (retry.outcome === 'acquired') await store.release(retry.lease, result());
        expect(await task(store, ref)).not.toHaveProperty('failure');
      });

      it('is refused after a fatal failure until that is cleared', async () => {
        const failure = await failing({ fatal: true });
        expect(await store.acquire(ref, 'run', until)).toEqual({ outcome: 'failed', failure });
        await store.clearFailure(ref);
        expect(await store.acquire(ref, 'run', until)).toMatchObject({ outcome: 'acquired' });
      });

      it('keeps the places to pass over until a run has done so, and lets a failed task run', async () => {
        await failing({ fatal: true });
        for (const place of ['p@1', 'p@2', 'p@2']) await store.addSkip(ref, place);
        const taken = await store.acquire(ref, 'run', until);
        expect(taken).toMatchObject({ outcome: 'acquired', item: { skips: new Set(['p@1', 'p@2']) } });
        if (taken.outcome === 'acquired') await store.release(taken.lease, { ...result(), skipped: new Set(['p@1', 'p@9']) });
        expect((await task(store, ref)).skips).toEqual(new Set(['p@2']));
      });

      it('keeps what stands still until a run finds it otherwise, a person resumes it, or another plan takes effect', async () => {
        const standing = [{ partition: 'p', place: 'p@1', code: 'RECORD_REFUSED', message: 'too large', retriable: false }];
        const ends = async (release: Partial<Release>) => store.release(await lease(store, ref, 'run', until), { ...result(), ...release });
        await ends({ standing });
        expect((await task(store, ref)).standing).toEqual(standing);
        await store.addSkip(ref, 'p@2');
        await ends({ standing });
        expect((await task(store, ref)).standing).toEqual(standing);
        await ends({});
        expect((await task(store, ref)).standing).toBeUndefined();
        await ends({ standing });
        await store.clearFailure(ref);
        expect((await task(store, ref)).standing).toBeUndefined();
      });

      it('cannot be steered where there is no task', async () => {
        const gone = { ...ref, task: 7 };
        await expect(store.setPaused(gone, true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(store.clearFailure(gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(store.addSkip(gone, 'p@1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
        expect(await store.listTasks(ref.connector)).toHaveLength(1);
      });
    });
  });
}
