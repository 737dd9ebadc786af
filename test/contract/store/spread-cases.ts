import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, freshName, lease, MINUTE, removal, type StoreUnderTest, staged } from './store-under-test.ts';

/** More than share one partition key. */
const MANY = 131;
/** Some of the first tasks, and of those that follow. */
const SOME = [3, 100, 127, 128, 129, 130];

export function spreadCases(backend: StoreUnderTest): void {
  describe('the tasks of a large connector', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let name: string;
    beforeEach(() => {
      store = backend.open(clock.now);
      name = freshName();
    });
    afterEach(() => store.close());

    const until = clock.in(MINUTE);
    const begin = (tasks: number) => store.beginPlan(name, connectorSpec({ name }), { tasks });
    const flip = (generation: number, tasks: number) =>
      store.flip(name, { generation, spec: connectorSpec({ name }), tasks, until: clock.in(MINUTE) });
    /** Puts a plan in force that has, of so many tasks, only these. Returns it. */
    async function plan(tasks: number, only: readonly number[]): Promise<number> {
      const before = (await store.listTasks(name)).map(({ task }) => task);
      const generation = await begin(tasks);
      for (const task of before) await store.fence({ connector: name, task }, generation, until);
      for (const task of only) await store.stage({ connector: name, task }, staged(generation, { [`p-${task}`]: '1' }), until);
      const removed = before.filter((task) => !only.includes(task));
      for (const task of removed) await store.stage({ connector: name, task }, removal(generation), until);
      await flip(generation, tasks);
      for (const task of new Set([...before, ...only])) await store.promote({ connector: name, task }, generation);
      await store.forgetPlans(name, generation, { generations: new Set([generation]), tasks: Math.max(0, ...only) + 1 });
      return generation;
    }
    const listed = async () => (await store.listTasks(name)).map(({ task }) => task);
    /** How many requests a list takes. */
    async function requests(): Promise<number> {
      const before = store.requests;
      await store.listTasks(name);
      return store.requests - before;
    }

    it('are listed in the order of their numbers, also for a look, and can be run', async () => {
      await plan(MANY, SOME.toReversed());
      expect(await listed()).toEqual(SOME);
      expect((await store.watch(name)).tasks.map(({ connector, task }) => ({ connector, task }))).toEqual(
        SOME.map((task) => ({ connector: name, task })),
      );
      expect(await lease(store, { connector: name, task: 130 }, 'run', until)).toMatchObject({ connector: name, task: 130 });
      expect((await store.listTasks(name)).find(({ task }) => task === 130)).toMatchObject({ connector: name, leaseOwner: 'run' });
    });

    it('are found whatever came of the plan that made them', async () => {
      const generation = await begin(MANY);
      await store.stage({ connector: name, task: 129 }, staged(generation), until);
      expect(await listed()).toEqual([129]);
      await plan(MANY, [0, 128]);
      expect(await listed()).toEqual([0, 128]);
    });

    it('are one query as long as there are few', async () => {
      await plan(3, [0, 1, 2]);
      expect(await requests()).toBe(1);
      await plan(MANY, SOME);
      expect(await requests()).toBeGreaterThan(1);
      expect(await listed()).toEqual(SOME);
      await plan(3, [0, 1, 2]);
      expect(await listed()).toEqual([0, 1, 2]);
      expect(await requests()).toBe(1);
    });

    it('are found as well where they become many, and fewer again', async () => {
      await plan(MANY, [0, 130]);
      const few = await requests();
      await plan(1_030, [0, 130, 1_023, 1_024, 1_029]);
      expect(await listed()).toEqual([0, 130, 1_023, 1_024, 1_029]);
      expect(await requests()).toBeGreaterThan(few);
      await plan(MANY, [0, 130]);
      expect(await listed()).toEqual([0, 130]);
      await store.beginDelete(name);
      await store.deleteConnector(name);
      expect(await listed()).toEqual([]);
    });

    it('are found while a newer plan makes some again, whatever an older one takes for its end', async () => {
      await plan(MANY, SOME);
      const shrunk = await plan(3, [0]);
      const generation = await begin(MANY);
      await store.stage({ connector: name, task: 130 }, staged(generation), until);
      await store.forgetPlans(name, shrunk, { generations: new Set([shrunk]), tasks: 1 });
      expect(await listed()).toEqual([0, 130]);
    });

    it('go with their connector, and nothing of them is in the next one of its name', async () => {
      await plan(MANY, SOME);
      await store.beginDelete(name);
      await store.deleteConnector(name);
      expect(await listed()).toEqual([]);
      await plan(MANY, [1, 128]);
      expect(await listed()).toEqual([1, 128]);
    });

    it('that a planner left which outlived a delete, are in no way of a later connector', async () => {
      for (let plans = 1; plans < 4; plans += 1) await begin(MANY);
      const late = await begin(MANY);
      await store.beginDelete(name);
      await store.deleteConnector(name);
      await store.stage({ connector: name, task: 129 }, staged(late), until);
      await plan(3, [0]);
      await plan(MANY, [0, 128, 129]);
      expect(await listed()).toEqual([0, 128, 129]);
    });
  });
}
