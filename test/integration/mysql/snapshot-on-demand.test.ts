import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { warmServer } from '../../../src/connectors/mysql/server/server.ts';
import { SnapshotCopy, type SourceOptions } from './snapshot-copy.ts';
import { SERVERS } from './snapshot-lab.ts';

describe.each(SERVERS)('a snapshot on demand of %s', (server) => {
  let copy: SnapshotCopy;
  beforeEach(async () => {
    copy = await SnapshotCopy.open(server);
  });
  afterEach(async () => {
    await copy[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(text);
  const task = () => ({ connector: copy.name, task: 0 });

  async function fill(table: string, count: number, from = 0): Promise<void> {
    await sql(`CREATE TABLE IF NOT EXISTS ${table} (id INT PRIMARY KEY, text VARCHAR(100))`);
    const rows = Array.from({ length: count }, (_, index) => `(${from + index}, 'row ${from + index}')`);
    for (let at = 0; at < count; at += 1_000) await sql(`INSERT INTO ${table} VALUES ${rows.slice(at, at + 1_000)}`);
  }

  /** A connector that has copied nothing but changes so far, and then is asked for these tables. */
  async function begin(tables: readonly string[], options: SourceOptions = {}, maxRecords = 100_000): Promise<void> {
    await copy.apply({ snapshot: 'never', ...options }, { maxTasks: 1, batch: { ...copy.spec().batch, maxRecords } });
    await copy.runToEnd();
    await ask(tables);
  }
  async function ask(tables: readonly string[]): Promise<void> {
    const names = tables.map((table) => `${copy.lab.database}.${table}`);
    expect(await copy.ask({ action: 'snapshot', connector: copy.name, tables: names })).toMatchObject({ ok: true });
  }

  /** Has something happen right after a statement has read rows, before anyone hears of them. */
  async function afterStatement(happens: (statement: number) => Promise<unknown>): Promise<void> {
    const client = await warmServer(copy.lab.config(), 'source', copy.runtime.clients);
    const eachRow = client.eachRow.bind(client);
    let statements = 0;
    client.eachRow = async (text, onRow) => {
      await eachRow(text, onRow);
      statements += 1;
      await happens(statements);
    };
  }

  const partitions = async () => (await copy.tasks()).map(({ planned }) => planned?.taskConfig.partitions ?? []);
  const partition = async () => (await partitions()).flat().find((name) => name.startsWith('on-demand:')) as string;
  const position = async () => (await copy.tasks())[0]?.positions.get(await partition());
  const messages = async (table: string) =>
    (await copy.messages()).flat().flatMap(({ value }) => (value?.source.table === table ? [value] : []));
  const ops = async (table: string) => (await messages(table)).map(({ op }) => op);

  it('lets the log go on: changes arrive while rows are still to be read', async () => {
    await fill('orders', 5_000);
    await fill('customers', 10);
    await begin(['orders'], {}, 700);
    await copy.runtime.run(task());
    for (let run = 1; run <= 3; run += 1) {
      await sql(`UPDATE customers SET text = 'changed' WHERE id = ${run}`);
      expect(await copy.runtime.run(task())).toMatchObject({ summary: { outcome: 'limit', records: 700 } });
      expect(await ops('customers')).toEqual(Array(run).fill('u'));
      expect(await position()).not.toBe('done');
    }
    await copy.runToEnd();
    expect(await position()).toBe('done');
    expect(await ops('orders')).toEqual(Array(5_000).fill('r'));
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('leaves out rows that changed before they could be sent: the log has them as they are now', async () => {
    await fill('orders', 50);
    await begin(['orders']);
    await afterStatement(async (statement) => {
      if (statement > 1) return;
      await sql("UPDATE orders SET text = 'newer' WHERE id < 10; DELETE FROM orders WHERE id BETWEEN 10 AND 19");
      await sql('UPDATE orders SET id = id + 1000 WHERE id BETWEEN 20 AND 29');
      await sql("DELETE FROM orders WHERE id = 30; INSERT INTO orders VALUES (30, 'again')");
    });
    await copy.runToEnd();
    const changed = Array.from({ length: 31 }, (_, id) => id);
    const read = (await messages('orders')).flatMap(({ op, after }) => (op === 'r' ? [(after as { id: number }).id] : []));
    expect(read.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, id) => id).filter((id) => !changed.includes(id)));
    expect((await copy.folded()).orders).toEqual({ ...(await copy.rows('orders')) });
  });

  it('gets to its end though every row changes meanwhile', async () => {
    await fill('orders', 900);
    await begin(['orders']);
    await afterStatement((statement) => sql(`UPDATE orders SET text = 'change ${statement}'`));
    await copy.runToEnd();
    expect(await ops('orders')).not.toContain('r');
    expect(await position()).toBe('done');
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it.each([true, false])(
    'reads rows again that it had read before their table was emptied, or got another column, with `schemaChanges: %j`',
    async (schemaChanges) => {
      await fill('orders', 300);
      await fill('customers', 3);
      await begin(['orders', 'customers'], { schemaChanges });
      await afterStatement(async (statement) => {
        if (statement === 1) await sql('TRUNCATE TABLE customers');
        if (statement === 2)
          await sql("ALTER TABLE orders ADD COLUMN added VARCHAR(10) DEFAULT 'new'; UPDATE orders SET added = 'x' WHERE id < 9");
        if (statement === 4)
          await sql("ALTER TABLE orders MODIFY text VARCHAR(200), DROP COLUMN added; UPDATE orders SET text = 'y' WHERE id = 7");
      });
      await copy.runToEnd();
      expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
      expect(await ops('customers')).toEqual([]);
    },
  );

  it('goes on behind its last chunk after a plan that gives the log to fewer tasks, and leaves the plan when it is done', async () => {
    await fill('orders', 5_000);
    await fill('customers', 2_500);
    await sql('ANALYZE TABLE customers');
    const batch = { ...copy.spec().batch, maxRecords: 600 };
    await copy.apply({}, { maxTasks: 4, batch });
    await copy.runToEnd();
    await ask(['orders']);
    const own = (await partitions()).find((names) => names.includes('stream'));
    expect(own).toEqual(['stream', await partition()]);
    await copy.runtime.run({ connector: copy.name, task: (await partitions()).findIndex((names) => names.includes('stream')) });
    await copy.apply({}, { maxTasks: 1, batch });
    expect(await partitions()).toEqual([['stream', await partition()]]);
    expect(await position()).toMatch(/^\["\d+"\]$/);
    await copy.runToEnd();
    expect(await ops('orders')).toEqual(Array(10_000).fill('r'));
    await copy.apply({}, { maxTasks: 1, batch });
    expect(await partitions()).toEqual([['stream']]);
  });

  it('names its messages anew each time, so that none is taken for a repeat', async () => {
    await fill('orders', 5);
    await begin(['orders']);
    const first = await partition();
    await copy.runToEnd();
    await copy.apply({ snapshot: 'never' }, { maxTasks: 1 });
    await ask(['orders']);
    expect(await partition()).not.toBe(first);
    await copy.runToEnd();
    expect(await ops('orders')).toEqual(Array(10).fill('r'));
  });

  it('is begun anew where it is asked for once more before it is done', async () => {
    await fill('orders', 3_000);
    await begin(['orders'], {}, 600);
    await copy.runtime.run(task());
    await ask(['orders']);
    expect((await partitions()).flat().filter((name) => name.startsWith('on-demand:'))).toHaveLength(1);
    await copy.runToEnd();
    expect(await ops('orders')).toHaveLength(3_600);
  });

  it.each([
    ['tables without a key', { sql: 'CREATE TABLE plain (id INT, text VARCHAR(10))', options: {} }],
    [
      'messages of whole transactions',
      { sql: 'CREATE TABLE plain (id INT PRIMARY KEY, text VARCHAR(10))', options: { format: 'rocketmq-mysql' } },
    ],
  ])('lets the log wait for %s', async (_, { sql: create, options }) => {
    await sql(`${create}; INSERT INTO plain VALUES (1, 'a'), (2, 'b')`);
    await begin(['plain'], options);
    expect((await partitions()).flat().sort()).toEqual([`snapshot:1:${copy.lab.database}.plain#0`, 'stream']);
    await copy.runToEnd();
    expect((await copy.messages()).flat()).toHaveLength('format' in options ? 1 : 2);
  });

  it('of a table whose key is changed meanwhile ends the run, and begins anew when it is asked for again', async () => {
    await fill('orders', 2_000);
    await begin(['orders'], {}, 600);
    await copy.runtime.run(task());
    await sql('ALTER TABLE orders DROP PRIMARY KEY');
    expect(await copy.runtime.run(task())).toMatchObject({ outcome: 'failed', summary: { error: { code: 'POSITION_LOST' } } });
    await sql('ALTER TABLE orders ADD PRIMARY KEY (id)');
    await ask(['orders']);
    await copy.ask({ action: 'resume', connector: copy.name });
    await copy.runToEnd();
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('is over with a table that is dropped', async () => {
    await fill('orders', 2_000);
    await begin(['orders'], {}, 600);
    await copy.runtime.run(task());
    await sql('DROP TABLE orders');
    await copy.runToEnd();
    expect(await position()).toBe('done');
  });

  it('sends one heartbeat at the end of a run, however often it looked at the log', async () => {
    await fill('orders', 2_000);
    await begin(['orders'], { heartbeat: true });
    const before = (await copy.messages()).flat().length;
    await copy.runtime.run(task());
    expect((await copy.messages()).flat().length - before).toBe(2_001);
  });
});
