import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectStore } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { Clock, freshName, plan, type StoreUnderTest, staged, summary } from './store-under-test.ts';

export function runCases(backend: StoreUnderTest): void {
  describe('lists', () => {
    const clock = new Clock();
    let store: ConnectStore;
    let connector: string;
    beforeEach(() => {
      store = backend.open(clock.now);
      connector = freshName();
    });
    afterEach(() => store.close());

    it('show the newest runs first, of all tasks, up to the limit', async () => {
      for (const n of [3, 1, 2]) {
        await store.putRun({ connector, task: n }, summary({ startedAt: n * 1_000, endedAt: n * 1_000 + 10, records: n }));
      }
      const newest = summary({ startedAt: 3_000, endedAt: 3_010, records: 3 });
      expect(await store.listRuns(connector, 1)).toEqual([{ connector, task: 3, ...newest }]);
      expect((await store.listRuns(connector, 10)).map(({ task }) => task)).toEqual([3, 2, 1]);
    });

    it('show a run once, however often it is put', async () => {
      const run = summary({ lagRecords: 4, error: { code: 'TIMEOUT', message: 'slow' } });
      for (let n = 0; n < 2; n += 1) await store.putRun({ connector, task: 0 }, run);
      expect(await store.listRuns(connector, 10)).toEqual([{ connector, task: 0, ...run }]);
    });

    it('show tasks by number and never the runs or another connector with a longer name', async () => {
      await plan(store, connector, [{}, {}, {}]);
      await plan(store, `${connector}-2`, [{}]);
      await store.putRun({ connector, task: 0 }, summary());
      expect((await store.listTasks(connector)).map(({ task }) => task)).toEqual([0, 1, 2]);
    });

    it('hold more than a server gives at once, and so does a delete', async () => {
      const generation = await store.beginPlan(connector, connectorSpec());
      const large = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`partition-${n}`, 'x'.repeat(100)]));
      const count = 60;
      for (let task = 0; task < count; task += 1) await store.stage({ connector, task }, staged(generation, large), clock.in(1));
      const listed = await store.listTasks(connector);
      expect(listed.map(({ task }) => task)).toEqual(Array.from({ length: count }, (_, task) => task));
      for (let n = 0; n < 250; n += 1) await store.putRun({ connector, task: 0 }, summary({ startedAt: n }));
      expect(await store.listRuns(connector, 240)).toHaveLength(240);
      await store.beginDelete(connector);
      await store.deleteConnector(connector);
      expect(await store.listTasks(connector)).toEqual([]);
      // Runs expire by themselves: to delete them one by one would take longer than a function may run.
      expect(await store.listRuns(connector, 1)).toHaveLength(1);
    });
  });
}
