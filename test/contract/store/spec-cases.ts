import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { specId } from '../../../src/store/spec-id.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, freshName, MINUTE, type StoreUnderTest } from './store-under-test.ts';

export function specCases(backend: StoreUnderTest): void {
  describe('the specs of plans', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let name: string;
    beforeEach(() => {
      store = backend.open(clock.now);
      name = freshName();
    });
    afterEach(() => store.close());

    const specOf = (maxTasks: number) => connectorSpec({ name, maxTasks, system: { topics: ['a'], left: undefined } });
    const read = (of: ConnectStore, generation: number, maxTasks = generation) => of.getSpec(name, generation, specId(specOf(maxTasks)));
    const remove = async () => {
      await store.beginDelete(name);
      await store.deleteConnector(name);
    };

    it('are read once in the life of a process', async () => {
      expect(await store.beginPlan(name, specOf(1))).toBe(1);
      const before = store.requests;
      const spec = await read(store, 1);
      expect(spec).toEqual({ ...specOf(1), system: { topics: ['a'] } });
      expect(await read(store, 1)).toEqual(spec);
      expect(store.requests - before).toBe(1);
    });

    it('are kept for each plan, until no task needs them', async () => {
      for (const plan of [1, 2, 3, 4]) await store.beginPlan(name, specOf(plan));
      await store.flip(name, { generation: 4, spec: specOf(4), tasks: 1, until: clock.in(MINUTE) });
      await store.beginPlan(name, specOf(5));
      await store.forgetPlans(name, 4, { generations: new Set([2]), tasks: 1 });
      await store.forgetPlans(name, 4, { generations: new Set([2]), tasks: 1 });
      const other = backend.open(clock.now);
      const left = await Promise.all([1, 2, 3, 4, 5].map((plan) => read(other, plan)));
      other.close();
      expect(left.map((spec) => spec?.maxTasks)).toEqual([undefined, 2, undefined, 4, 5]);
    });

    it('go with their connector, and those of the next one of its name are told from them', async () => {
      await store.beginPlan(name, specOf(1));
      await read(store, 1);
      await remove();
      const other = backend.open(clock.now);
      expect(await read(other, 1)).toBeUndefined();
      other.close();
      expect(await store.beginPlan(name, specOf(7))).toBe(1);
      expect(await read(store, 1, 7)).toMatchObject({ maxTasks: 7 });
    });

    it('are kept where another plan is in force than the one that cleans up', async () => {
      for (const plan of [1, 2]) await store.beginPlan(name, specOf(plan));
      await store.flip(name, { generation: 2, spec: specOf(2), tasks: 1, until: clock.in(MINUTE) });
      await store.forgetPlans(name, 9, { generations: new Set([9]), tasks: 1 });
      expect(await read(store, 1)).toMatchObject({ maxTasks: 1 });
    });

    it('are no spec of an id that is another one', async () => {
      await store.beginPlan(name, specOf(1));
      expect(await read(store, 1, 2)).toBeUndefined();
      expect(await read(store, 2, 1)).toBeUndefined();
    });
  });
}
