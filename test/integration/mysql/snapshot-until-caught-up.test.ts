import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runUntilCaughtUp } from '../../../src/cli/target/run-until-caught-up.ts';
import { watchUntilCaughtUp } from '../../../src/cli/target/watch-until-caught-up.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { Planner, StatusResult } from '../../../src/runtime/planner-api.ts';
import { createLocalTrigger } from '../../../src/triggers/local.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

const ROWS = 2_500;

describe('a run until all is caught up', () => {
  let copy: SnapshotCopy;
  beforeEach(async () => {
    copy = await SnapshotCopy.open('mariadb');
    await copy.lab.admin.query('CREATE TABLE orders (id INT PRIMARY KEY, text VARCHAR(20))');
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'row ${id}')`);
    await copy.lab.admin.query(`INSERT INTO orders VALUES ${rows}`);
    await copy.lab.admin.query('ANALYZE TABLE orders');
  });
  afterEach(() => copy[Symbol.asyncDispose]());

  async function begin(maxTasks: number, maxRecords = 500): Promise<number[]> {
    await copy.apply({}, { maxTasks, batch: { ...copy.spec().batch, maxRecords } });
    await copy.lab.admin.query("UPDATE orders SET text = 'changed' WHERE id = 7; INSERT INTO orders VALUES (9999, 'new')");
    return (await copy.tasks()).map(({ task }) => task);
  }
  const options = (tasks: readonly number[]) => ({
    connector: copy.name,
    tasks,
    owner: 'test',
    signal: new AbortController().signal,
    deps: () => copy.runtime.taskDeps,
  });
  const expectAll = async () => expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));

  it.each([1, 4])('ends behind the snapshot and the log, with up to %d tasks', async (maxTasks) => {
    const totals = await runUntilCaughtUp(options(await begin(maxTasks)));
    expect(totals.map(({ outcome }) => outcome)).toEqual(totals.map(() => 'caught-up'));
    expect(totals.reduce((sum, { records }) => sum + records, 0)).toBe(ROWS + 2);
    await expectAll();
  });

  it('says that a task waits, where one invocation is asked for', async () => {
    const tasks = await begin(4);
    const stream = (await copy.tasks()).find(({ planned }) => planned?.taskConfig.partitions.includes('stream'))?.task;
    const totals = await runUntilCaughtUp({ ...options(tasks.filter((task) => task === stream)), once: true });
    expect(totals).toMatchObject([{ outcome: 'waiting', records: 0 }]);
  });

  it('ends where a task that others wait for fails', async () => {
    const tasks = await begin(4);
    const stream = (await copy.tasks()).find(({ planned }) => planned?.taskConfig.partitions.includes('stream'))?.task;
    const paused = tasks.find((task) => task !== stream) as number;
    await copy.runtime.store.setPaused({ connector: copy.name, task: paused }, true);
    const totals = await runUntilCaughtUp(options(tasks));
    expect(totals.find(({ task }) => task === stream)?.outcome).toBe('waiting');
    expect(totals.find(({ task }) => task === paused)?.outcome).toBe('paused');
  });

  it('starts a waiting task again, where tasks run elsewhere', async () => {
    const tasks = await begin(4, 10 * ROWS);
    const run = (event: { connector: string; task: number }, signal: AbortSignal) => copy.runtime.run(event, 30_000, signal);
    const trigger = createLocalTrigger({ run, look: async () => undefined, concurrency: 4, logger: copy.runtime.plannerDeps.logger });
    const planner: Planner = createPlanner({ ...copy.runtime.plannerDeps, trigger });
    const before = (await planner.handle({ action: 'status', connector: copy.name })) as { result: StatusResult };
    await planner.handle({ action: 'run', connector: copy.name });
    const { signal } = new AbortController();
    const totals = await watchUntilCaughtUp(planner, { connector: copy.name, tasks, before: before.result, once: false, signal });
    await trigger.close();
    expect(totals.map(({ outcome }) => outcome)).toEqual(totals.map(() => 'caught-up'));
    await expectAll();
  });
});
