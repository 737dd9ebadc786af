import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { specId } from '../../../src/store/spec-id.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { Fleet, HOUR_MS, NAME, PLANNER_S } from '../../support/fleet.ts';

/** More than share one partition key. `npm run soak -- --only fleet` has 10,000. */
const TASKS = 140;
/** A key takes a fraction of what AWS's take, so that the table throttles on a slow machine, too. */
const FEW = { writes: 300, reads: 900, oneIn: 5 };
const LIMIT_MS = 600_000;

describe('the tasks of a fleet, on a table that throttles each partition key', () => {
  let table: TestTable;
  let fleet: Fleet;
  const items = () => fleet.store.listTasks(NAME);
  const inOrder = Array.from({ length: TASKS }, (_, task) => task);
  beforeAll(async () => {
    table = await createTestTable();
    fleet = new Fleet(table.options, TASKS, FEW);
  });
  afterAll(async () => {
    fleet.store.close();
    await table.drop();
  });

  it(
    'are planned, changed, started within a second, paused, resumed, audited, stopped and deleted to the last one, in the time of the planner',
    async () => {
      const made = await fleet.apply(1);
      expect((await items()).map(({ task }) => task)).toEqual(inOrder);
      const changed = await fleet.apply(7);
      const { spec } = (await fleet.store.getConnector(NAME)) ?? {};
      if (spec === undefined) throw new Error('the connector is gone');
      expect((await items()).map(({ planned }) => planned?.spec)).toEqual(inOrder.map(() => specId(spec)));
      expect(made.throttled + changed.throttled).toBeGreaterThan(0);

      expect(await fleet.startAll()).toMatchObject({ again: 0, throttled: 0, requests: 3 * TASKS, most: 3 * 128 });
      expect((await fleet.startAll(FEW)).throttled).toBeGreaterThan(0);
      const ran = await items();
      expect(ran.filter(({ leaseOwner, leaseUntil }) => leaseOwner !== undefined || leaseUntil > 0)).toEqual([]);
      for (const { counters } of ran) expect(counters.invocations).toBeGreaterThanOrEqual(2);

      const paused = await fleet.ask('pause');
      expect((await items()).filter((item) => item.paused)).toHaveLength(TASKS);
      const resumed = await fleet.ask('resume');
      expect((await items()).filter((item) => item.paused)).toEqual([]);

      const now = Date.now();
      expect(await fleet.audit(now + HOUR_MS)).toEqual({ failed: [], stale: [], stalled: [] });
      expect((await fleet.audit(now + 2 * HOUR_MS)).stale).toHaveLength(100);

      const stopped = await fleet.ask('stop');
      const left = await items();
      expect(left.filter((item) => item.paused)).toHaveLength(TASKS);
      expect(left.filter(({ leaseOwner, staged }) => leaseOwner !== undefined || staged !== undefined)).toEqual([]);

      const deleted = await fleet.ask('delete');
      expect(await items()).toEqual([]);
      expect(await fleet.store.getConnector(NAME)).toBeUndefined();
      for (const { seconds } of [made, changed, paused, resumed, stopped, deleted]) expect(seconds).toBeLessThan(PLANNER_S);
      // A write for each task to make it and to promote it; one key has 128 of them, and one that says that there are more.
      expect(made.most).toBe(2 * 128 + 1);
      expect([paused.most, resumed.most, deleted.most]).toEqual([128, 128, 129]);
    },
    LIMIT_MS,
  );
});
