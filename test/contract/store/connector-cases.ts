import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectorItem, ConnectStore } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, freshName, lease, MINUTE, plan, result, type StoreUnderTest, staged, summary } from './store-under-test.ts';

export function connectorCases(backend: StoreUnderTest): void {
  describe('connectors', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let name: string;
    beforeEach(() => {
      store = backend.open(clock.now);
      name = freshName();
    });
    afterEach(() => store.close());

    it('are not there before the first plan is started', async () => {
      expect(await store.getConnector(name)).toBeUndefined();
      expect(await store.listTasks(name)).toEqual([]);
    });

    it('begin RUNNING, with a plan under way and none in force', async () => {
      const spec = connectorSpec({ name, system: { topics: ['a'], empty: '', nothing: null, nested: [{ deep: [1, 'x', false] }] } });
      const generation = await store.beginPlan(name, spec);
      expect(await store.getConnector(name)).toEqual({
        name,
        spec,
        desired: 'RUNNING',
        generation: 0,
        lastGeneration: generation,
        tasks: 0,
      });
    });

    it('raise the generation with every plan that is started, by one for each of many at once', async () => {
      const first = await store.beginPlan(name, connectorSpec({ name }));
      const next = await Promise.all(Array.from({ length: 8 }, () => store.beginPlan(name, connectorSpec({ name }))));
      expect(next.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 8 }, (_, n) => first + 1 + n));
    });

    it('are made once, when two planners begin the first plan at the same moment', async () => {
      const generations = await Promise.all(Array.from({ length: 4 }, () => store.beginPlan(name, connectorSpec({ name }))));
      expect(new Set(generations).size).toBe(4);
      expect((await store.getConnector(name))?.lastGeneration).toBe(Math.max(...generations));
    });

    it('keep the spec in force until the flip', async () => {
      await plan(store, name, [{ p: '1' }]);
      const spec = connectorSpec({ name, maxTasks: 9 });
      const generation = await store.beginPlan(name, spec);
      expect((await store.getConnector(name))?.spec).toEqual(connectorSpec({ name }));
      const flipped = await store.flip(name, { generation, spec, tasks: 3, until: clock.in(MINUTE) });
      expect(flipped).toEqual({ name, spec, desired: 'RUNNING', generation, lastGeneration: generation, tasks: 3, plannedAt: clock.time });
      expect(await store.getConnector(name)).toEqual(flipped);
    });

    it('keep their desired state across plans', async () => {
      await plan(store, name, [{}]);
      expect(await store.setDesired(name, 'PAUSED')).toMatchObject({ name, desired: 'PAUSED' });
      await plan(store, name, [{}]);
      expect(await store.getConnector(name)).toMatchObject({ desired: 'PAUSED' });
    });

    it('are listed by name', async () => {
      const names = [`${name}-b`, `${name}-a`];
      for (const each of names) await store.beginPlan(each, connectorSpec({ name: each }));
      const listed = (await store.listConnectors()).map((connector) => connector.name).filter((each) => each.startsWith(`${name}-`));
      expect(listed).toEqual(names.toSorted());
    });

    it('are read for a look with what it needs of their tasks', async () => {
      expect(await store.watch(name)).toEqual({ tasks: [] });
      await plan(store, name, [{ p: '1' }, { q: '2' }]);
      const items = await store.listTasks(name);
      const { connector, tasks } = await store.watch(name);
      expect(connector).toEqual(await store.getConnector(name));
      expect(tasks).toEqual(
        items.map(({ connector: of, task, generation, leaseUntil, paused, rerun, positions, skips, planned }) => ({
          ...{ connector: of, task, generation, leaseUntil, paused, rerun, positions, skips },
          planned: { taskConfig: planned?.taskConfig },
        })),
      );
    });

    it('keep since when tasks wait for a start', async () => {
      await store.noteWaiting(name, { 0: 1 });
      expect(await store.getConnector(name)).toBeUndefined();
      await plan(store, name, [{ p: '1' }]);
      await store.noteWaiting(name, { 0: 4_711, 7: 12 });
      expect(await store.getConnector(name)).toMatchObject({ waiting: { 0: 4_711, 7: 12 } });
      await store.noteWaiting(name, {});
      expect(await store.getConnector(name)).toMatchObject({ waiting: {} });
    });

    it('refuse a desired state and a delete where there is none', async () => {
      const refusal = { code: 'NOT_FOUND', message: expect.stringContaining(name), remedy: expect.any(String) };
      await expect(store.setDesired(name, 'PAUSED')).rejects.toMatchObject(refusal);
      await expect(store.beginDelete(name)).rejects.toMatchObject(refusal);
      expect(await store.getConnector(name)).toBeUndefined();
    });

    describe('while a delete is under way', () => {
      it('refuse a new plan, and one that was started before', async () => {
        await plan(store, name, [{ p: '1' }]);
        const generation = await store.beginPlan(name, connectorSpec({ name }));
        await store.beginDelete(name);
        expect(await store.getConnector(name)).toMatchObject({ deleting: true });
        await expect(store.beginPlan(name, connectorSpec({ name }))).rejects.toMatchObject({ code: 'PLAN_SUPERSEDED', retriable: true });
        await expect(store.setDesired(name, 'RUNNING')).rejects.toMatchObject({ code: 'NOT_FOUND' });
        const late = store.flip(name, { generation, spec: connectorSpec({ name }), tasks: 1, until: clock.in(MINUTE) });
        await expect(late).rejects.toMatchObject({ code: 'PLAN_SUPERSEDED' });
      });

      it('can be deleted from the beginning again, to the end', async () => {
        await plan(store, name, [{ p: '1' }, { q: '1' }]);
        for (let n = 0; n < 60; n += 1) await store.putRun({ connector: name, task: n % 2 }, summary({ startedAt: n, endedAt: n }));
        await store.beginDelete(name);
        await store.beginDelete(name);
        await store.deleteConnector(name);
        await store.deleteConnector(name);
        expect(await store.getConnector(name)).toBeUndefined();
        expect(await store.listTasks(name)).toEqual([]);
        // They expire: a busy connector has more of them than a function can remove.
        expect(await store.listRuns(name, 100)).toHaveLength(60);
      });

      it('end the lease of a task that is deleted', async () => {
        const ref = { connector: name, task: 0 };
        await plan(store, name, [{ p: '1' }]);
        const held = await lease(store, ref, 'run', clock.in(MINUTE));
        await store.beginDelete(name);
        await store.deleteConnector(name);
        await expect(store.release(held, result())).rejects.toMatchObject({ code: 'LEASE_LOST' });
        expect(await store.listTasks(name)).toEqual([]);
      });
    });

    it('are not made again by a plan that was drafted before they were deleted', async () => {
      await plan(store, name, [{ p: '1' }]);
      await store.beginDelete(name);
      await store.deleteConnector(name);
      const late = store.beginPlan(name, connectorSpec({ name }), { exists: true });
      await expect(late).rejects.toMatchObject({ code: 'PLAN_SUPERSEDED', retriable: true });
      expect(await store.getConnector(name)).toBeUndefined();
    });

    it('keep the text that a spec was made from, unless another plan or text came since it was read', async () => {
      const text = (words: string) => ({ config: { words }, madeInto: 'x' });
      await plan(store, name, [{ p: '1' }]);
      const read = (await store.getConnector(name)) as ConnectorItem;
      expect(await store.keepGiven(read, text('a'))).toBe(true);
      expect(await store.keepGiven(read, text('b'))).toBe(false);
      const reread = (await store.getConnector(name)) as ConnectorItem;
      expect(reread.given).toEqual(text('a'));
      expect(await store.keepGiven(reread, text('b'))).toBe(true);
      const generation = await store.beginPlan(name, connectorSpec({ name }));
      await store.flip(name, { generation, spec: connectorSpec({ name }), given: text('c'), tasks: 1, until: clock.in(MINUTE) });
      expect(await store.keepGiven(reread, text('d'))).toBe(false);
      expect((await store.getConnector(name))?.given).toEqual(text('c'));
    });

    it('are not deleted unless that was started', async () => {
      await plan(store, name, [{ p: '1' }]);
      await expect(store.deleteConnector(name)).rejects.toMatchObject({ code: 'PLAN_SUPERSEDED' });
      expect(await store.getConnector(name)).toBeDefined();
    });

    it('go on counting generations past what an outlived planner left of a deleted namesake', async () => {
      await plan(store, name, [{}]);
      const outlived = await store.beginPlan(name, connectorSpec({ name }));
      await store.beginDelete(name);
      await store.deleteConnector(name);
      await store.stage({ connector: name, task: 0 }, staged(outlived, { p: '1' }), clock.in(MINUTE));
      const generation = await store.beginPlan(name, connectorSpec({ name }));
      expect(generation).toBeGreaterThan(outlived);
      expect(await store.fence({ connector: name, task: 0 }, generation, clock.in(MINUTE))).not.toHaveProperty('planned');
    });
  });
}
