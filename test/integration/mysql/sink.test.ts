import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServerName } from './mysql-lab.ts';
import { change, MysqlSinkLab, queued } from './mysql-sink-lab.ts';

describe.each<ServerName>(['mariadb', 'mysql56'])('a sink of %s', (server) => {
  let lab: MysqlSinkLab;
  beforeAll(async () => {
    lab = await MysqlSinkLab.open(server);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const refused = (message: string | RegExp) => ({
    code: 'RECORD_REFUSED',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });

  it.each([
    ['without long numbers', ''],
    ['with long numbers', '12345678901234567890'],
  ])('refuses JSON that is nested too deeply, %s, and no other row', async (_, inner) => {
    await lab.run('CREATE TABLE IF NOT EXISTS deep (id INT PRIMARY KEY, doc LONGTEXT)');
    const depth = 100_000;
    const doc = `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
    const deep = queued(`{"op":"c","source":{"db":"shop","table":"deep"},"after":{"id":1,"doc":${doc}}}`);
    await expect(lab.write([deep])).rejects.toMatchObject(refused(/nested less deeply|no row can be made/));
    await lab.write([change('r', 'deep', null, { id: 2, doc: [[1]] })]);
    expect(await lab.table('deep')).toEqual([{ id: 2, doc: '[[1]]' }]);
  });

  it('deletes and writes in order where keys differ in their letters alone', async () => {
    await lab.run('CREATE TABLE letters (k VARCHAR(9) CHARACTER SET utf8mb4 PRIMARY KEY, v INT)');
    const row = (k: string, v: number) => ({ k, v });
    await lab.write([
      change('c', 'letters', null, row('x', 1)),
      change('d', 'letters', row('X', 1), null),
      change('c', 'letters', null, row('Y', 1)),
      change('u', 'letters', row('y', 1), row('y', 2)),
    ]);
    expect((await lab.table('letters')).map(({ v }) => v)).toEqual([2]);
  });

  it('tells absent, null and default apart, in one batch', async () => {
    await lab.run("CREATE TABLE absent (id INT PRIMARY KEY, a INT DEFAULT 7, b VARCHAR(9) DEFAULT 'b', c INT NOT NULL)");
    await lab.write([change('c', 'absent', null, { id: 1, a: 1, b: 'x', c: 1 }), change('c', 'absent', null, { id: 2, a: null, c: 2 })]);
    await lab.write([change('u', 'absent', null, { id: 1, a: null }), change('u', 'absent', null, { id: 2, b: null })]);
    expect(await lab.table('absent')).toEqual([
      { id: 1, a: null, b: 'x', c: 1 },
      { id: 2, a: null, b: null, c: 2 },
    ]);
    await lab.write([change('d', 'absent', { id: 1 }, null), change('c', 'absent', null, { id: 1, c: 5 })]);
    expect((await lab.table('absent'))[0]).toEqual({ id: 1, a: 7, b: 'b', c: 5 });
    await expect(lab.write([change('c', 'absent', null, { id: 3, a: 1 })])).rejects.toMatchObject(refused(/refuses the row .*'c'/));
  });

  it('never touches a row by another unique key than its own', async () => {
    await lab.run("CREATE TABLE mails (id INT PRIMARY KEY, mail VARCHAR(20) UNIQUE); INSERT INTO mails VALUES (1,'a'),(2,'b')");
    await expect(lab.write([queued({ id: 44, mail: 'b' })], { table: `${lab.database}.mails` })).rejects.toMatchObject(
      refused('another row with one of its unique keys'),
    );
    await expect(lab.write([queued({ id: 1, mail: 'b' })], { table: `${lab.database}.mails` })).rejects.toMatchObject(refused('unique'));
    expect(await lab.table('mails')).toEqual([
      { id: 1, mail: 'a' },
      { id: 2, mail: 'b' },
    ]);
  });

  it('keeps a row whose key is 0, and refuses what a column would cut, round or turn into something else', async () => {
    await lab.run(
      'CREATE TABLE strict (id INT AUTO_INCREMENT PRIMARY KEY, n TINYINT UNSIGNED, d DECIMAL(5,2), s VARCHAR(3) CHARACTER SET latin1, t DATE)',
    );
    await lab.write([change('c', 'strict', null, { id: 0, n: 255, d: '1.50', s: 'é', t: '2024-01-02' })]);
    const odd = [
      { n: 256 },
      { n: -1 },
      { n: 1.5 },
      { d: '1.505' },
      { d: '1234.00' },
      { d: 'x' },
      { s: 'long' },
      { s: '漢' },
      { s: '\ud800' },
      { t: '2024-02-31' },
    ];
    for (const row of odd) await expect(lab.write([change('c', 'strict', null, { id: 1, ...row })])).rejects.toMatchObject(refused(/./));
    expect(await lab.table('strict')).toEqual([{ id: 0, n: 255, d: '1.50', s: 'é', t: '2024-01-02' }]);
  });

  it('takes plain rows with numbers of any length, keys from the message key, and deletions in three forms', async () => {
    await lab.run('CREATE TABLE plain (id BIGINT UNSIGNED PRIMARY KEY, d DECIMAL(30,10), o TEXT)');
    const table = `${lab.database}.plain`;
    const key = (id: number) => Buffer.from(`{"id":${id}}`);
    await lab.write(
      [
        queued('{"id":18446744073709551615,"d":12345678901234567890.0123456789,"o":{"a":[1,12345678901234567890]}}'),
        queued({ o: 'of the key' }, { key: key(2) }),
        queued({ id: 3, __op: 'c', __source_ts_ms: 5 }),
        queued({ id: 4 }),
        queued({ id: 5, __deleted: 'false' }),
      ],
      { table },
    );
    expect(await lab.rows('SELECT CAST(id AS CHAR) AS id, CAST(d AS CHAR) AS d, o FROM $plain ORDER BY plain.id')).toEqual([
      { id: '2', d: null, o: 'of the key' },
      { id: '3', d: null, o: null },
      { id: '4', d: null, o: null },
      { id: '5', d: null, o: null },
      { id: '18446744073709551615', d: '12345678901234567890.0123456789', o: '{"a":[1,12345678901234567890]}' },
    ]);
    const gone = [
      queued(null, { key: key(2) }),
      queued({ id: 3, __op: 'd' }),
      queued({ id: 4, __deleted: 'true' }),
      change('d', 'plain', { id: 5 }, null),
    ];
    await lab.write(gone, { table, deletes: false });
    expect(await lab.table('plain')).toHaveLength(5);
    await lab.write([...gone, queued(null, { key: key(5) })], { table });
    expect(await lab.table('plain')).toHaveLength(1);
  });

  it("reads Debezium's messages with a schema by their types", async () => {
    await lab.run('CREATE TABLE typed (id INT PRIMARY KEY, d DECIMAL(10,2), t DATETIME(6), m TIME(3), s DATETIME)');
    const types = {
      d: ['org.apache.kafka.connect.data.Decimal', { scale: '2' }],
      t: ['io.debezium.time.Timestamp'],
      m: ['io.debezium.time.Time'],
      s: ['io.debezium.time.MicroTimestamp'],
    };
    const row = Object.entries(types).map(([field, [name, parameters]]) => ({ type: 'x', field, name, parameters }));
    const schema = {
      type: 'struct',
      fields: [
        { type: 'struct', field: 'before', fields: row },
        { type: 'struct', field: 'after', fields: row },
      ],
    };
    const after = { id: 1, d: Buffer.from([255, 106]).toString('base64'), t: 1_704_164_645_123, m: 3_723_004, s: 1_704_164_645_000_000 };
    await lab.write([queued({ schema, payload: { before: null, after, source: { db: 'shop', table: 'typed' }, op: 'c' } })]);
    expect(await lab.table('typed')).toEqual([
      { id: 1, d: '-1.50', t: '2024-01-02 03:04:05.123000', m: '01:02:03.004', s: '2024-01-02 03:04:05' },
    ]);
    const gone = { schema, payload: { before: after, after: null, source: { db: 'shop', table: 'typed' }, op: 'd' } };
    await lab.write([queued(gone), queued({ schema: null, payload: null }, { key: Buffer.from('{"schema":{},"payload":{"id":1}}') })]);
    expect(await lab.table('typed')).toEqual([]);
  });

  it('passes over what sources send between changes, and refuses what it can not do', async () => {
    await lab.run('CREATE TABLE others (id INT PRIMARY KEY); CREATE TABLE keyless (a INT)');
    await lab.write([
      queued({ ts_ms: 5 }, { key: Buffer.from('{"serverName":"shop"}') }),
      queued({ source: {}, ts_ms: 5, databaseName: 'shop', ddl: 'ALTER TABLE others ADD x INT' }),
      queued(null, { key: Buffer.from('{"id":1}') }),
      change('c', 'others', null, { id: 1 }),
    ]);
    expect(await lab.table('others')).toHaveLength(1);
    const no = [
      [queued('no json'), 'no JSON'],
      [queued([1]), 'no JSON object'],
      [queued({ id: 1 }), 'does not say which table'],
      [change('t', 'others', null, null), 'op t'],
      [change('x', 'others', null, { id: 1 }), 'op is "x"'],
      [change('c', 'others', null, { id: null }), 'no value of id'],
      [change('c', 'others', null, {}), 'no value of id'],
      [change('u', 'keyless', { a: 1 }, { a: 2 }), 'to be changed in table'],
      [change('d', 'keyless', { a: 1 }, null), 'to be deleted in table'],
    ] as const;
    for (const [record, message] of no) await expect(lab.write([record])).rejects.toMatchObject(refused(message));
    await lab.write([change('c', 'keyless', null, { a: 1 }), change('c', 'keyless', null, { a: 1 })]);
    expect(await lab.table('keyless')).toHaveLength(2);
  });

  it('takes the transactions of rocketmq-mysql, which leave out what is null', async () => {
    await lab.run('CREATE TABLE whole (id INT PRIMARY KEY, a INT, at DATETIME, must INT NOT NULL DEFAULT 7, out_of_it INT DEFAULT 3)');
    const transaction = (...rows: Array<readonly [type: string, data: object]>) =>
      queued({
        xid: 5,
        binlogFilename: 'binlog.000001',
        nextPosition: 99,
        rows: rows.map(([type, data]) => ({ database: 'shop', table: 'whole', type, data })),
      });
    const options = { excludeColumns: ['out_of_it'] };
    const at = '2024-01-02 03:04:05';
    await lab.write([transaction(['WRITE', { id: 1, a: 1, at }], ['WRITE', { id: 2, a: 2, must: 1 }], ['WRITE', { id: 3 }])], options);
    await lab.write([transaction(['UPDATE', { id: 1, at, must: 8 }], ['DELETE', { id: 2, a: 2, must: 1 }])], options);
    expect(await lab.table('whole')).toEqual([
      { id: 1, a: null, at, must: 8, out_of_it: 3 },
      { id: 3, a: null, at: null, must: 7, out_of_it: 3 },
    ]);
    for (const row of [
      ['TRUNCATE', {}],
      ['WRITE', []],
    ] as const)
      await expect(lab.write([transaction(['DELETE', { id: 1 }], row)], options)).rejects.toMatchObject(
        refused('a row of its transaction'),
      );
    expect(await lab.table('whole')).toHaveLength(2);
  });

  it('inserts or updates only, where it is told to', async () => {
    await lab.run('CREATE TABLE modes (id INT PRIMARY KEY, v INT)');
    await lab.write([change('c', 'modes', null, { id: 1, v: 1 })], { mode: 'insert' });
    await expect(lab.write([change('u', 'modes', null, { id: 1, v: 2 })], { mode: 'insert' })).rejects.toMatchObject(refused('unique'));
    await lab.write([change('u', 'modes', { id: 1 }, { id: 8, v: 3 }), change('c', 'modes', null, { id: 2, v: 2 })], { mode: 'update' });
    expect(await lab.table('modes')).toEqual([{ id: 8, v: 3 }]);
    await lab.write([change('u', 'modes', { id: 8, v: 3 }, { id: 9, v: 4 })]);
    expect(await lab.table('modes')).toEqual([{ id: 9, v: 4 }]);
  });

  it('writes fields to columns of other names, also those of keys, and refuses two for one', async () => {
    await lab.run('CREATE TABLE renamed (id INT PRIMARY KEY, name VARCHAR(9), at TIME(3))');
    const options = { renameColumns: { ID: 'id', customerName: 'name' }, excludeColumns: ['at'] };
    const row = (ID: number, customerName: string) => ({ ID, customerName, at: 1 });
    await lab.write(
      [
        change('c', 'renamed', null, row(1, 'one')),
        change('c', 'renamed', null, row(2, 'two')),
        change('u', 'renamed', row(2, 'two'), row(3, 'three')),
        change('d', 'renamed', row(1, 'one'), null),
        queued({ customerName: 'four' }, { key: Buffer.from('{"ID":4}') }),
      ],
      { ...options, table: `${lab.database}.renamed` },
    );
    expect(await lab.table('renamed')).toEqual([
      { id: 3, name: 'three', at: null },
      { id: 4, name: 'four', at: null },
    ]);
    const both = change('c', 'renamed', null, { id: 5, name: 'a', customerName: 'b' });
    await expect(lab.write([both], options)).rejects.toMatchObject({ ...refused('two of its fields are column name') });
  });

  it('says which column a table lacks, ignores it, leaves out columns, and sees one that comes in mid-run', async () => {
    await lab.run('CREATE TABLE columns (id INT PRIMARY KEY, a INT, b INT)');
    const record = change('c', 'columns', null, { id: 1, a: 1, b: 1, x: 1 });
    const task = await lab.task();
    await expect(lab.hand(task, [record])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/columns has no column x/),
      remedy: expect.stringContaining('ADD COLUMN `x`'),
    });
    await lab.write([record], { schema: 'ignore', excludeColumns: ['B'] });
    expect(await lab.table('columns')).toEqual([{ id: 1, a: 1, b: null }]);
    await lab.run('ALTER TABLE columns ADD x INT');
    await lab.hand(await lab.task(), [record]);
    await lab.write([change('c', 'columns', null, { id: 2, a: 2, b: 2, x: 2 })], { includeColumns: ['id', 'x'] });
    expect(await lab.table('columns')).toEqual([
      { id: 1, a: 1, b: 1, x: 1 },
      { id: 2, a: null, b: null, x: 2 },
    ]);
  });

  it('writes nothing of a batch of which one row is refused, and waits a while for a row that a foreign key names', async () => {
    await lab.run(
      'CREATE TABLE up (id INT PRIMARY KEY); CREATE TABLE down (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES up (id))',
    );
    const batch = [change('c', 'up', null, { id: 1 }), change('c', 'down', null, { id: 1, up: 2 })];
    const task = await lab.task();
    await expect(lab.hand(task, batch)).rejects.toMatchObject({ code: 'WRONG_STATE', retriable: true });
    expect(await lab.table('up')).toEqual([]);
    await lab.run('INSERT INTO up VALUES (2)');
    await lab.hand(task, batch);
    expect(await lab.table('down')).toEqual([{ id: 1, up: 2 }]);
  });

  it('writes a batch once, also where the answer to its commit is lost, and nothing once another run has taken over', async () => {
    await lab.run('CREATE TABLE once (a INT)');
    const record = change('c', 'once', null, { a: 1 });
    const [first, position] = [await lab.task({ mode: 'insert' }), '4711@5'];
    const batch = {
      lane: 'q',
      partition: 'orders:broker-a:0',
      records: [record],
      position,
      deadline: Date.now() + 60_000,
      signal: new AbortController().signal,
    };
    const stop = new AbortController();
    // The server has the transaction, and its client is gone before the answer.
    const lost = first.write({
      ...batch,
      signal: stop.signal,
      settled: async () => void setImmediate(() => setImmediate(() => stop.abort())),
    });
    await lost.catch(() => {});
    for (let attempt = 0; attempt < 3; attempt += 1) await first.write(batch).catch((error) => error);
    expect(await lab.table('once')).toHaveLength(1);
    const second = await lab.task({ mode: 'insert' });
    await expect(first.write({ ...batch, position: '4712@6' })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await lab.table('once')).toHaveLength(1);
    await second.write({ ...batch, position: '4712@6' });
    expect(await lab.table('once')).toHaveLength(2);
    await expect(
      second.write({ ...batch, position: '4713@7', settled: () => Promise.reject(new Error('no dead letter')) }),
    ).rejects.toThrow();
    expect(await lab.table('once')).toHaveLength(2);
  });

  describe('its check', () => {
    it('finds tables that are missing, know no transactions, or are none', async () => {
      await lab.run('CREATE TABLE old (a INT) ENGINE = MyISAM; CREATE TABLE fine (id INT NOT NULL); CREATE VIEW seen AS SELECT 1 AS a');
      const { database } = lab;
      const found = async (table: string, more = {}) =>
        (await lab.check({ table: `${database}.${table}`, ...more })).map(({ code, option }) => `${code} ${option}`);
      expect(await found('fine')).toEqual([]);
      expect(await found('{{topic}}')).toEqual(['NOT_FOUND sink.table']);
      expect(await found('{{table}}')).toEqual([]);
      expect(await found('old')).toEqual(['WRONG_KIND sink.table']);
      expect(await found('old', { delivery: 'at-least-once' })).toEqual([]);
      expect(await found('seen')).toEqual(['WRONG_KIND sink.table']);
      expect(await found('fine', { positionsTable: `${database}.old` })).toEqual(['WRONG_KIND sink.positionsTable']);
      const [missing] = await lab.check({ table: `${database}.fine`, positionsTable: `${database}.kept` });
      expect(missing).toMatchObject({ code: 'NOT_FOUND', option: 'sink.positionsTable', remedy: expect.stringContaining('CREATE TABLE') });
      await lab.admin.run(missing?.remedy ?? '');
      expect(await lab.check({ table: `${database}.fine`, positionsTable: `${database}.kept` })).toEqual([]);
      await lab.write([queued({ id: 1 })], { table: `${database}.fine`, positionsTable: `${database}.kept` });
      await expect(lab.write([queued({ a: 1 })], { table: `${database}.old` })).rejects.toMatchObject({ code: 'WRONG_KIND' });
    });
  });
});
