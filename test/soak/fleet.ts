import { type Bench, type Row, row, rowOfNone } from '../../bench/row.ts';
import { Fleet, HOUR_MS, NAME, PLANNER_S, type Took } from '../support/fleet.ts';
import { openTestStore } from '../support/pipeline.ts';

const TASKS = Number(process.env.FLEET_TASKS ?? 10_000);

/**
 * Plans, changes, starts, pauses, resumes, stops and deletes the most tasks that a connector may have, on a table whose partition keys take
 * what AWS's take. Of each action: its time on this machine, its requests, and the seconds that the writes of its busiest key take on AWS.
 */
export const fleet: Bench = {
  names: ['fleet'],
  servers: ['dynamodb'],
  async run({ addresses, progress }) {
    const opened = await openTestStore(addresses);
    opened.store.close();
    const some = new Fleet({ endpoint: addresses.dynamodb, table: opened.table }, TASKS);
    const rows: Row[] = [];
    const took = async (action: string, work: () => Promise<Took>) => {
      progress(`fleet: ${action}`);
      const { seconds, requests, throttled, most } = await work();
      rows.push(
        row(`fleet/${action}/seconds`, seconds, 's', PLANNER_S),
        row(`fleet/${action}/requests`, requests, 'requests', TASKS),
        row(`fleet/${action}/busiest-key`, most, 'write units', 1_000),
        row(`fleet/${action}/throttled`, throttled, 'requests'),
      );
    };
    const missing = async (isRight: (item: Awaited<ReturnType<typeof some.store.listTasks>>[number]) => boolean) =>
      TASKS - (await some.store.listTasks(NAME)).filter(isRight).length;
    await took('plan', () => some.apply(1));
    await took('change', () => some.apply(7));
    rows.push(
      rowOfNone('fleet/not-planned', await missing(({ planned, staged }) => planned !== undefined && staged === undefined), 'tasks'),
    );
    progress('fleet: starts');
    const { again, requests, throttled, most } = await some.startAll();
    rows.push(
      row('fleet/starts/again', again, 'starts'),
      row('fleet/starts/requests', requests, 'requests', TASKS),
      row('fleet/starts/busiest-key', most, 'write units', 1_000),
      row('fleet/starts/throttled', throttled, 'requests'),
      rowOfNone('fleet/starts/lost', await missing(({ counters }) => counters.invocations >= 1), 'tasks'),
      rowOfNone('fleet/starts/leases-left', await missing(({ leaseOwner }) => leaseOwner === undefined), 'tasks'),
    );
    await took('pause', () => some.ask('pause'));
    rows.push(rowOfNone('fleet/not-paused', await missing(({ paused }) => paused), 'tasks'));
    await took('resume', () => some.ask('resume'));
    await took('audit', () => some.took(() => some.audit(Date.now() + HOUR_MS)));
    await took('stop', () => some.ask('stop'));
    await took('delete', () => some.ask('delete'));
    rows.push(rowOfNone('fleet/not-deleted', (await some.store.listTasks(NAME)).length, 'tasks'));
    some.store.close();
    return rows;
  },
};
