import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { pacedRocketmq } from '../../support/paced-rocketmq.ts';
import { TimeLapse } from '../../support/time-lapse.ts';
import { SnapshotCopy } from './snapshot-copy.ts';
import { SERVERS } from './snapshot-lab.ts';

describe.each(SERVERS)('a snapshot of %s', (server) => {
  let copy: SnapshotCopy;
  beforeEach(async () => {
    copy = await SnapshotCopy.open(server);
  });
  afterEach(async () => {
    await copy[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(text);

  /** A table of `count` rows. */
  async function fill(table: string, count: number, from = 0): Promise<void> {
    await sql(`CREATE TABLE IF NOT EXISTS ${table} (id INT PRIMARY KEY, text VARCHAR(100))`);
    const rows = Array.from({ length: count }, (_, index) => `(${from + index}, 'row ${from + index}')`);
    for (let at = 0; at < count; at += 1_000) await sql(`INSERT INTO ${table} VALUES ${rows.slice(at, at + 1_000)}`);
  }
  const partitions = async () => (await copy.tasks()).map(({ planned }) => planned?.taskConfig.partitions ?? []);
  const counts = async () => Map.groupBy((await copy.messages()).flat(), ({ value }) => value?.op);

  it('has every row once, and the log from before it behind them', async () => {
    await fill('orders', 3_500);
    await fill('empty', 0);
    await sql('ANALYZE TABLE orders');
    await copy.apply({}, { maxTasks: 3 });
    await sql("UPDATE orders SET text = 'changed' WHERE id = 7; DELETE FROM orders WHERE id = 3; INSERT INTO orders VALUES (9999, 'new')");
    await copy.runToEnd();
    const ops = await counts();
    expect(ops.get('r')).toHaveLength(3_499);
    expect(ops.get('u')).toHaveLength(1);
    expect(ops.get('d')).toHaveLength(1);
    expect(ops.get('c')).toHaveLength(1);
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('lets the log wait, while other tasks have rows to read, and never asks again once they have none', async () => {
    await fill('orders', 2_500);
    await sql('ANALYZE TABLE orders');
    await copy.apply({}, { maxTasks: 4 });
    const stream = (await partitions()).findIndex((own) => own.includes('stream'));
    const others = (await partitions()).flatMap((own, task) => (own.includes('stream') ? [] : [task]));
    expect(others.length).toBeGreaterThan(1);
    await sql("INSERT INTO orders VALUES (9999, 'new')");
    const ref = (task: number) => ({ connector: copy.name, task });
    const [last, ...first] = others as [number, ...number[]];
    await copy.runtime.run(ref(stream));
    for (const task of first) await copy.runtime.run(ref(task));
    expect(await copy.runtime.run(ref(stream))).toMatchObject({
      summary: { outcome: 'waiting', waitsFor: expect.stringMatching(/^\d of \d ranges of the snapshot$/), records: 0 },
    });
    await copy.runtime.run(ref(last));
    expect(await copy.runtime.run(ref(stream))).toMatchObject({ summary: { outcome: 'caught-up', records: 1 } });
    const idle = async () => expect(await copy.runtime.run(ref(stream))).toMatchObject({ summary: { outcome: 'caught-up', records: 0 } });
    expect(await fewestRequests(copy.runtime.store, 2, idle)).toBe(2);
  });

  it('goes on behind its last row, in as many runs as it takes', async () => {
    await fill('orders', 900);
    const batch = { ...copy.spec().batch, maxRecords: 250 };
    await copy.apply({}, { maxTasks: 1, batch });
    const ref = { connector: copy.name, task: 0 };
    const records = async () => (await copy.runtime.run(ref)).summary?.records;
    expect([await records(), await records(), await records(), await records(), await records()]).toEqual([250, 250, 250, 150, 0]);
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('drops ranges that are done with the next plan, and copies none of them again', async () => {
    await fill('orders', 2_500);
    await copy.apply({}, { maxTasks: 2 });
    await copy.runToEnd();
    const plan = await copy.apply({}, { maxTasks: 2 });
    expect(plan.tasks.flatMap((task) => task.partitions)).toEqual(['stream']);
    expect((await copy.apply({}, { maxTasks: 2 })).changed).toBe(false);
    await sql("INSERT INTO orders VALUES (9999, 'new')");
    await copy.runToEnd();
    expect((await copy.messages()).flat()).toHaveLength(2_501);
  });

  it('is exact where keys are as long as the server takes them, or only begin with what is indexed', async () => {
    const letters = ['a', 'é', '日', '🚀', '\\\\', "''", '"'];
    const text = (row: number, length: number) => `'${letters[row % letters.length]?.repeat(length)}${row}'`;
    const column = (name: string) => `${name} VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
    await sql(`CREATE TABLE wide (${['a', 'b', 'c', 'd'].map(column)}, v INT, PRIMARY KEY (a, b, c, d)) ROW_FORMAT=DYNAMIC`);
    await sql(`CREATE TABLE prefix (${column('name')}, v INT, PRIMARY KEY (name(6)))`);
    for (let row = 0; row < 300; row += 1) {
      await sql(`INSERT INTO wide VALUES (${[0, 1, 2, 3].map((at) => text(row + at * (row % 2), 90))}, ${row})`);
      await sql(`INSERT INTO prefix VALUES ('${String((row * 7919) % 1_000_000).padStart(6, 'x')}${'y'.repeat(row % 50)}', ${row})`);
    }
    await sql('ANALYZE TABLE wide, prefix');
    const batch = { ...copy.spec().batch, maxRecords: 70 };
    await copy.apply({ snapshotRangeRows: 1_000 }, { maxTasks: 2, batch });
    await copy.runToEnd();
    const folded = await copy.folded();
    expect(folded.wide).toEqual(await copy.rows('wide'));
    expect(folded.prefix).toEqual(await copy.rows('prefix'));
    expect((await copy.messages()).flat()).toHaveLength(600);
  });

  it('reads a table without a key as a whole, up to a number of rows', async () => {
    await sql('CREATE TABLE keyless (a INT, b TEXT)');
    await sql(`INSERT INTO keyless VALUES ${Array.from({ length: 300 }, (_, a) => `(${a}, 'b')`)}`);
    await expect(copy.apply({ snapshotMaxRowsWithoutKey: 299 })).rejects.toThrow(
      /snapshotMaxRowsWithoutKey: .*keyless has no primary key and more than 299/,
    );
    await copy.apply({ snapshotMaxRowsWithoutKey: 300 });
    await copy.runToEnd();
    const values = (await copy.messages()).flat().map(({ value }) => value?.after);
    expect(values).toEqual(Array.from({ length: 300 }, (_, a) => ({ a, b: 'b' })));
  });

  it.each(['never', 'only'])('is what `snapshot: %s` says', async (snapshot) => {
    await fill('orders', 5);
    await copy.apply({ snapshot });
    await copy.runToEnd();
    await sql("INSERT INTO orders VALUES (9999, 'new')");
    await copy.apply({ snapshot });
    await copy.runToEnd();
    const ops = await counts();
    expect({ r: ops.get('r')?.length ?? 0, c: ops.get('c')?.length ?? 0 }).toEqual(snapshot === 'never' ? { r: 0, c: 1 } : { r: 5, c: 0 });
  });

  it('follows for tables that the configuration adds, and for none that was only created later', async () => {
    await fill('orders', 5);
    await fill('customers', 7);
    const tables = [`${copy.lab.database}.o*`];
    await copy.apply({ tables });
    await copy.runToEnd();
    await fill('offers', 3);
    await copy.apply({ tables });
    await copy.runToEnd();
    await sql("UPDATE customers SET text = 'before'");
    await copy.apply({ tables: [...tables, `${copy.lab.database}.customers`] });
    await sql("UPDATE orders SET text = 'meanwhile'; UPDATE customers SET text = 'after' WHERE id < 2");
    await copy.runToEnd();
    const byTable = Map.groupBy((await copy.messages()).flat(), ({ value }) => `${value?.op} ${value?.source.table}`);
    const sizes = Object.fromEntries([...byTable].map(([name, messages]) => [name, messages.length]));
    expect(sizes).toEqual({ 'r orders': 5, 'c offers': 3, 'u orders': 5, 'r customers': 7, 'u customers': 9 });
    expect((await copy.folded()).customers).toEqual(await copy.rows('customers'));
  });

  it('is gone with a table that is dropped before it was read', async () => {
    await fill('orders', 5);
    await fill('dropped', 5);
    await copy.apply();
    await sql('DROP TABLE dropped');
    await copy.runToEnd();
    expect(await copy.folded()).toEqual({ orders: await copy.rows('orders') });
  });

  it.each(['initial', 'never'])('is taken of single tables on demand, and the log loses nothing, with `snapshot: %s`', async (snapshot) => {
    await fill('orders', 1_500);
    await fill('customers', 7);
    await copy.apply({ snapshot });
    if (snapshot === 'initial') await copy.runToEnd();
    const before = (await copy.messages()).flat().length;
    const asked = await copy.ask({ action: 'snapshot', connector: copy.name, tables: [`${copy.lab.database}.orders`] });
    expect(asked).toMatchObject({ ok: true, result: { changed: true } });
    await sql("UPDATE orders SET text = 'changed' WHERE id < 10; UPDATE customers SET text = 'changed' WHERE id < 2");
    await copy.runToEnd();
    const byTable = Map.groupBy((await copy.messages()).flat(), ({ value }) => `${value?.op} ${value?.source.table}`);
    const sizes = Object.fromEntries([...byTable].map(([name, messages]) => [name, messages.length]));
    const initial = { 'r orders': 3_000, 'r customers': 7 };
    expect(sizes).toEqual({ ...(snapshot === 'initial' ? initial : { 'r orders': 1_500 }), 'u orders': 10, 'u customers': 2 });
    expect((await copy.messages()).flat().length).toBeGreaterThan(before);
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('is refused on demand for tables that the configuration leaves out', async () => {
    await fill('orders', 1);
    await copy.apply();
    expect(await copy.ask({ action: 'snapshot', connector: copy.name, tables: [`${copy.lab.database}.other`] })).toMatchObject({
      ok: false,
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining(`"${copy.lab.database}.other" is no table`) },
    });
  });

  it('lets the log wait for a run that a plan interrupted: it could still send rows that have changed since', async () => {
    await fill('orders', 900);
    await copy.apply({}, { maxTasks: 1 });
    const held = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    const deps = copy.runtime.taskDeps;
    const loadRocketmq = async () => {
      reading.resolve();
      await held.promise;
      return deps.loadRocketmq();
    };
    const ref = { connector: copy.name, task: 0 };
    // Long enough for whatever happens meanwhile.
    const invocation = { deadline: Date.now() + 300_000, owner: 'test', signal: new AbortController().signal };
    const interrupted = runTask(ref, { ...deps, loadRocketmq }, invocation);
    await reading.promise;
    await copy.apply({}, { maxTasks: 1, batch: { ...copy.spec().batch, maxRecords: 100_000 } });
    await sql("UPDATE orders SET text = 'newer' WHERE id < 10");
    const waits = { outcome: 'waiting', waitsFor: expect.stringContaining('a run that a plan interrupted') };
    expect(await copy.runtime.run(ref)).toMatchObject({ summary: { ...waits, records: 900 } });
    expect(await copy.runtime.run(ref)).toMatchObject({ summary: { ...waits, records: 0 } });
    held.resolve();
    await interrupted;
    using time = new TimeLapse();
    time.pass(600_000);
    expect(await copy.runtime.run(ref)).toMatchObject({ summary: { outcome: 'caught-up', records: 10 } });
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('does not pass a snapshot whose last rows RocketMQ has not yet: another plan may give them to another task', async () => {
    await fill('orders', 900);
    await copy.apply({}, { maxTasks: 1, batch: { ...copy.spec().batch, checkpointIntervalMs: 0 } });
    const stored: Array<ReadonlyMap<string, string>> = [];
    const deps = copy.runtime.taskDeps;
    const checkpoint: ConnectStore['checkpoint'] = (lease, positions) => {
      stored.push(new Map(positions));
      return deps.store.checkpoint(lease, positions);
    };
    const store = new Proxy(deps.store, {
      get: (target, name) => {
        const value = name === 'checkpoint' ? checkpoint : Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const invocation = { deadline: Date.now() + 30_000, owner: 'test', signal: new AbortController().signal };
    await runTask({ connector: copy.name, task: 0 }, { ...deps, store, loadRocketmq: () => pacedRocketmq(2_000) }, invocation);
    const [task] = await copy.tasks();
    const range = task?.planned?.taskConfig.partitions.find((partition) => partition !== 'stream') as string;
    expect(task?.positions.get(range)).toBe('done');
    const behind = stored.filter((positions) => positions.get('stream')?.startsWith('1@'));
    expect(behind.filter((positions) => positions.get(range) !== 'done')).toEqual([]);
  });
});
