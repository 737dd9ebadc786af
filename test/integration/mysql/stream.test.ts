import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { jsonOf, keyOf, MysqlLab, type ServerName } from './mysql-lab.ts';

describe.each<ServerName>(['mariadb', 'mysql56'])('changes of %s', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('arrive as creations, updates and deletions with their tombstones, by key', async () => {
    await lab.run('CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(10,2))');
    const start = await lab.now();
    await lab.run("INSERT INTO orders VALUES (1, 'a', 1.50), (2, 'b', NULL)");
    await lab.run("UPDATE orders SET name = 'ä' WHERE id = 1");
    await lab.run('DELETE FROM orders WHERE id = 2');
    const { records } = await lab.read(start);
    expect(records.map((record) => [keyOf(record), jsonOf(record)?.op, jsonOf(record)?.before, jsonOf(record)?.after])).toEqual([
      ['{"id":1}', 'c', null, { id: 1, name: 'a', price: '1.50' }],
      ['{"id":2}', 'c', null, { id: 2, name: 'b', price: null }],
      ['{"id":1}', 'u', { id: 1, name: 'a', price: '1.50' }, { id: 1, name: 'ä', price: '1.50' }],
      ['{"id":2}', 'd', { id: 2, name: 'b', price: null }, null],
      ['{"id":2}', undefined, undefined, undefined],
    ]);
  });

  it('come in the order of the log, with positions inside transactions from which the rest is read', async () => {
    await lab.run('CREATE TABLE many (id INT PRIMARY KEY, text VARCHAR(40))');
    const start = await lab.now();
    await lab.run(
      `INSERT INTO many VALUES ${ids(1, 2_000)
        .map((id) => `(${id},'row')`)
        .join(',')}`,
    );
    await lab.run('START TRANSACTION; UPDATE many SET text = id WHERE id <= 300; DELETE FROM many WHERE id > 1990; COMMIT');
    const whole = await lab.read(start);
    expect(whole.records).toHaveLength(2_000 + 300 + 20);
    let position = start;
    const parts: string[] = [];
    while (parts.length < whole.records.length) {
      const part = await lab.read(position, {}, 331);
      parts.push(...part.records.map(({ id }) => id));
      position = part.position as string;
    }
    expect(parts).toEqual(whole.records.map(({ id }) => id));
    expect(new Set(parts).size).toBe(parts.length);
    // Others write to the same server, so that its end may be further by now.
    expect((await lab.read(position)).records).toEqual([]);
  });

  it('go on where a session ended with a temporary table, of which some servers write a statement of their own', async () => {
    await lab.run('CREATE TABLE lasting (id INT PRIMARY KEY)');
    const start = await lab.now();
    const session = new MysqlAdmin(lab.admin.address);
    await session.run(`USE ${lab.database}; CREATE TEMPORARY TABLE passing (id INT); CREATE TEMPORARY TABLE \`pass ing\` (id INT)`);
    const [own] = await session.rows<{ id: number }>('SELECT CONNECTION_ID() AS id');
    await session.close();
    const isThere = async () => (await lab.admin.rows<{ Id: number }>('SHOW PROCESSLIST')).some(({ Id }) => Id === own?.id);
    while (await isThere()) await sleep(20);
    await lab.run('INSERT INTO lasting VALUES (1)');
    expect((await lab.read(start)).records.map(keyOf)).toEqual(['{"id":1}']);
  });

  it('are read from the beginning of their transaction where the selection is another one now', async () => {
    await lab.run('CREATE TABLE one (id INT PRIMARY KEY); CREATE TABLE two (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run('START TRANSACTION; INSERT INTO one VALUES (1); INSERT INTO two VALUES (1), (2), (3); COMMIT');
    const only = (table: string) => ({ tables: [`${lab.database}.${table}`] });
    const { position } = await lab.read(start, only('two'), 2);
    expect((await lab.read(position, only('two'))).records.map(keyOf)).toEqual(['{"id":3}']);
    expect((await lab.read(position, only('*'))).records).toHaveLength(4);
  });

  it('of a key are a deletion of the old and a creation of the new, each for its own queue', async () => {
    await lab.run('CREATE TABLE keyed (a INT, b VARCHAR(5), v INT, PRIMARY KEY (b, a))');
    const start = await lab.now();
    await lab.run("INSERT INTO keyed VALUES (1, 'x', 1); UPDATE keyed SET a = 2");
    const { records } = await lab.read(start);
    const [old, next] = ['{"b":"x","a":1}', '{"b":"x","a":2}'];
    expect(records.map((record) => [keyOf(record), jsonOf(record)?.op, record.orderingKey, String(record.headers[0]?.value)])).toEqual([
      [old, 'c', `${lab.database}.keyed/1`, 'undefined'],
      [old, 'd', `${lab.database}.keyed/1`, next],
      [old, undefined, `${lab.database}.keyed/1`, next],
      [next, 'c', `${lab.database}.keyed/2`, old],
    ]);
  });

  it('tell of their source, and of their transaction where that is asked for', async () => {
    await lab.run('CREATE TABLE told (id INT PRIMARY KEY); CREATE TABLE other (id INT PRIMARY KEY)');
    const start = await lab.now();
    // The log has whole seconds, of a clock that may lag a little.
    const before = Math.floor(Date.now() / 1_000 - 1) * 1_000;
    await lab.run('START TRANSACTION; INSERT INTO told VALUES (1); INSERT INTO other VALUES (1); INSERT INTO told VALUES (2); COMMIT');
    const { records } = await lab.read(start, { transactions: true });
    const last = jsonOf(records[2] as never);
    expect(last.source).toMatchObject({
      connector: 'mysql',
      name: 'lab',
      db: lab.database,
      table: 'told',
      snapshot: 'false',
      server_id: 1,
      row: 2,
    });
    expect(last.source.gtid).toMatch(server === 'mariadb' ? /^0-1-\d+$/ : /^[0-9a-f-]{36}:\d+$/);
    expect(last.source.ts_ms).toBeGreaterThanOrEqual(before);
    expect(last.source.ts_ms).toBeLessThanOrEqual(Date.now());
    expect(last.transaction).toEqual({ id: last.source.gtid, total_order: 3, data_collection_order: 2 });
  });

  it('are flat rows, or whole transactions as the Java project writes them, where that is asked for', async () => {
    await lab.run('CREATE TABLE forms (id INT PRIMARY KEY, at DATETIME)');
    const start = await lab.now();
    await lab.run(
      "START TRANSACTION; INSERT INTO forms VALUES (1, '2024-01-02 03:04:05'), (2, NULL); DELETE FROM forms WHERE id = 2; COMMIT",
    );
    const flat = await lab.read(start, { format: 'flat', tombstones: false });
    expect(flat.records.map(jsonOf)).toEqual([
      { id: 1, at: 1704164645000, __op: 'c' },
      { id: 2, at: null, __op: 'c' },
      { id: 2, at: null, __op: 'd' },
    ]);
    const whole = await lab.read(start, { format: 'rocketmq-mysql' });
    expect(whole.records.map((record) => [keyOf(record), jsonOf(record)])).toEqual([
      [
        undefined,
        {
          binlogFilename: expect.stringMatching(/^binlog\.\d+$/),
          nextPosition: expect.any(Number),
          xid: expect.any(Number),
          rows: [
            { database: lab.database, table: 'forms', type: 'WRITE', data: { id: 1, at: '2024-01-02 03:04:05' } },
            { database: lab.database, table: 'forms', type: 'WRITE', data: { id: 2, at: null } },
            { database: lab.database, table: 'forms', type: 'DELETE', data: { id: 2, at: null } },
          ],
        },
      ],
    ]);
    // Others write to the same server, so that one may have ended further on than the other.
    for (const { position } of [flat, whole]) expect((await lab.read(position)).records).toEqual([]);
  });

  it('of tables and columns that are left out do not arrive, and masked values can not be read', async () => {
    await lab.run('CREATE TABLE people (id INT PRIMARY KEY, name TEXT, mail TEXT, secret TEXT); CREATE TABLE tmp_people LIKE people');
    const start = await lab.now();
    await lab.run(
      "INSERT INTO people VALUES (1, 'a', 'a@b', 's'), (2, 'b', 'a@b', NULL); INSERT INTO tmp_people VALUES (1, 'a', 'a', 'a')",
    );
    const column = (name: string) => `${lab.database}.*.${name}`;
    const { records } = await lab.read(start, {
      format: 'flat',
      excludeTables: [`${lab.database}.tmp_*`],
      excludeColumns: [column('name')],
      maskColumns: [
        { columns: [column('secret')], value: '***' },
        { columns: [column('mail')], salt: 'pepper' },
      ],
    });
    const [one, two] = records.map(jsonOf);
    expect(records).toHaveLength(2);
    expect(one).toEqual({ id: 1, mail: hash('sha256', 'peppera@b'), secret: '***', __op: 'c' });
    expect(two).toEqual({ id: 2, mail: one.mail, secret: null, __op: 'c' });
  });

  it('go to the topics that their tables name', async () => {
    await lab.run('CREATE TABLE topical (id INT PRIMARY KEY); CREATE TABLE `odd name` (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run('INSERT INTO topical VALUES (1)');
    const { records } = await lab.read(start, { topicTemplate: '{{database}}_{{table}}' });
    expect(records.map(({ topic }) => topic)).toEqual([`${lab.database}_topical`]);
    await lab.run('INSERT INTO `odd name` VALUES (1)');
    await expect(lab.read(start, { topicTemplate: '{{table}}' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('odd name'),
    });
  });

  it('of tables and a sign of life arrive where that is asked for', async () => {
    const start = await lab.now();
    await lab.run('CREATE TABLE defined (id INT PRIMARY KEY); ALTER TABLE defined ADD COLUMN name TEXT; TRUNCATE TABLE defined');
    const { records, position } = await lab.read(start, { schemaChanges: true, heartbeat: true });
    expect(records.map((record) => jsonOf(record).ddl)).toEqual([
      expect.stringContaining('CREATE TABLE defined'),
      expect.stringContaining('ALTER TABLE defined'),
      expect.stringContaining('TRUNCATE TABLE defined'),
      undefined,
    ]);
    expect(jsonOf(records.at(-1) as never)).toEqual({ ts_ms: expect.any(Number) });
    expect((await lab.read(position)).records).toEqual([]);
  });

  it('go on over new files of the log, and a run ends where nothing is new', async () => {
    await lab.run('CREATE TABLE rotated (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run('INSERT INTO rotated VALUES (1); FLUSH BINARY LOGS; INSERT INTO rotated VALUES (2); FLUSH BINARY LOGS');
    const { records, position } = await lab.read(start);
    expect(records.map(keyOf)).toEqual(['{"id":1}', '{"id":2}']);
    const again = await lab.read(position);
    expect(again.records).toEqual([]);
    expect((await lab.read(again.position)).records).toEqual([]);
  });

  it('are read from the earliest on, from transactions on, and from a place on', async () => {
    await lab.run('FLUSH BINARY LOGS; CREATE TABLE begun (id INT PRIMARY KEY)');
    const [status] = await lab.admin.rows<{ File: string; Position: number }>('SHOW MASTER STATUS');
    const start = await lab.now();
    await lab.run('INSERT INTO begun VALUES (1), (2)');
    const only = { tables: [`${lab.database}.begun`] };
    const place = { file: status?.File, offset: status?.Position };
    for (const startAt of ['earliest', { gtids: start.replace(/^gtid:([^@]*).*$/, '$1') }, place])
      expect((await lab.read(undefined, { ...only, startAt })).records.map(keyOf)).toEqual(['{"id":1}', '{"id":2}']);
    expect((await lab.read(undefined, { ...only, startAt: 'latest' })).records).toEqual([]);
    // From the earliest on all is read that any test has written so far.
  }, 900_000);
});

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
