import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { administrator } from '../../../infra/local/servers/mysql-cnf.ts';
import type { Position, SourceRecord } from '../../../src/api/index.ts';
import { jsonOf, keyOf, MysqlLab, type ServerName } from './mysql-lab.ts';

/** What stands for the refused thing of this name in a run. */
async function placeOf(lab: MysqlLab, start: Position, id: string): Promise<SourceRecord> {
  const task = lab.task(start);
  try {
    await task.start();
    for (;;) {
      const { records, caughtUp } = await task.poll({ maxRecords: 3, maxBytes: 1_000_000 });
      const found = records.find((record) => record.id === id);
      if (found !== undefined) return found;
      if (caughtUp) throw new Error(`nothing is called ${id}`);
    }
  } finally {
    await task.stop();
  }
}

/** Statements in the server's own words, as they are in its log. */
const asStatements = (sql: string) => `SET SESSION binlog_format = STATEMENT; ${sql}; SET SESSION binlog_format = ROW`;

const BOTH: ReadonlyArray<readonly [string, string, RegExp]> = [
  ['an update', 'UPDATE t SET v = 1', /UPDATE t SET v = 1/],
  ['a call of a function', 'DO f()', /SELECT `\w+`\.`f`\(\)/],
  ['a file that is loaded', "SELECT 900, 1 INTO OUTFILE 'FILE'; LOAD DATA INFILE 'FILE' INTO TABLE t", /LOAD DATA INFILE '…'/],
];
const MARIADB: typeof BOTH = [
  ['SET STATEMENT', 'SET STATEMENT max_statement_time = 10 FOR UPDATE t SET v = 200', /SET STATEMENT .* FOR UPDATE t SET v = 200/],
  ['a table made of a query', 'CREATE TABLE t2 (PRIMARY KEY (id)) AS SELECT * FROM t; DROP TABLE t2', /CREATE TABLE t2/],
];

describe.each<ServerName>(['mariadb', 'mysql56'])('of %s', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
    await lab.run(`SET GLOBAL log_bin_trust_function_creators = 1; CREATE TABLE t (id INT PRIMARY KEY, v INT);
      CREATE FUNCTION f() RETURNS INT BEGIN UPDATE t SET v = v + 1; RETURN 1; END`);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it.each(server === 'mariadb' ? [...BOTH, ...MARIADB] : BOTH)(
    '%s is refused by name, with all before it copied, and passed over where that is asked for',
    async (_, sql, named) => {
      await lab.run('DELETE FROM t; INSERT INTO t VALUES (1, 1)');
      const start = await lab.now();
      const [folder] = await lab.admin.rows<{ dir: string }>('SELECT @@secure_file_priv AS dir');
      const file = `${folder?.dir}/${lab.database}-${Date.now()}`;
      await lab.run(`INSERT INTO t VALUES (2, 2); ${asStatements(sql.replaceAll("FILE'", `${file}'`))}; INSERT INTO t VALUES (3, 3)`);
      const before = await lab.read(start, {}, 1);
      expect(before.records.map(keyOf)).toEqual(['{"id":2}']);
      const refused = await lab.read(start).catch((error) => error);
      expect(refused).toMatchObject({ code: 'WRONG_KIND', message: expect.stringMatching(named) });
      lab.skipped.push(refused.id);
      const { records, position } = await lab.read(start);
      expect(records.map(keyOf)).toEqual(['{"id":2}', '{"id":3}']);
      lab.skipped.pop();
      expect((await lab.read(position)).records).toEqual([]);
    },
  );

  it('a statement inside a transaction has a place of its own, from which the rest is read', async () => {
    const start = await lab.now();
    await lab.run(`SET SESSION binlog_format = ROW; START TRANSACTION; INSERT INTO t VALUES (50, 1), (51, 1); COMMIT`);
    await lab.run(asStatements('START TRANSACTION; UPDATE t SET v = 2 WHERE id = 50; UPDATE t SET v = 3 WHERE id = 51; COMMIT'));
    await lab.run('INSERT INTO t VALUES (52, 1)');
    const first = await lab.read(start).catch((error) => error);
    lab.skipped.push(first.id);
    const second = await lab.read(start).catch((error) => error);
    expect([first, second].map(({ message }) => /v = \d/.exec(message)?.[0])).toEqual(['v = 2', 'v = 3']);
    const { position: behindFirst } = await placeOf(lab, start, first.id);
    lab.skipped.splice(0);
    await expect(lab.read(behindFirst)).rejects.toMatchObject({ id: second.id });
  });

  it('TRUNCATE is told, or a message, or refused, as the configuration says', async () => {
    const start = await lab.now();
    await lab.run('INSERT INTO t VALUES (60, 1); TRUNCATE t; INSERT INTO t VALUES (61, 1)');
    lab.notices.splice(0);
    expect((await lab.read(start)).records.map(keyOf)).toEqual(['{"id":60}', '{"id":61}']);
    expect(lab.notices).toEqual([expect.stringContaining('TRUNCATE t')]);
    const { records } = await lab.read(start, { onTruncate: 'event' });
    expect(records.map((record) => [jsonOf(record).op, keyOf(record), jsonOf(record).source.table])).toEqual([
      ['c', '{"id":60}', 't'],
      ['t', undefined, 't'],
      ['c', '{"id":61}', 't'],
    ]);
    await expect(lab.read(start, { onTruncate: 'fail' })).rejects.toMatchObject({ message: expect.stringContaining('TRUNCATE t') });
    await lab.run(
      `CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (9), PARTITION b VALUES LESS THAN MAXVALUE)`,
    );
    const behind = await lab.now();
    await lab.run('ALTER TABLE p DROP PARTITION a');
    await expect(lab.read(behind, { onTruncate: 'event' })).rejects.toMatchObject({ message: expect.stringContaining('DROP PARTITION a') });
  });

  it('a rename, a dropped database and values that ALTER TABLE changed are told; where messages should tell rows, the stream stops', async () => {
    await using own = await MysqlLab.open(server);
    await own.run('CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1)');
    const start = await own.now();
    await own.run('ALTER TABLE a ADD COLUMN v INT DEFAULT 5; ALTER TABLE a RENAME TO b');
    expect((await own.read(start)).records).toEqual([]);
    expect(own.notices).toEqual([
      expect.stringContaining(`values of rows of ${own.database}.a may be others by a statement`),
      expect.stringMatching(/rows of \w+\.a away.*ALTER TABLE a RENAME TO b/),
      expect.stringMatching(/rows of \w+\.b away.*ALTER TABLE a RENAME TO b/),
    ]);
    await expect(own.read(start, { onTruncate: 'event' })).rejects.toMatchObject({ message: expect.stringContaining('RENAME TO b') });
    const renamed = await own.now();
    await own.run(`DROP DATABASE ${own.database}`);
    await expect(own.read(renamed, { onTruncate: 'event' })).rejects.toMatchObject({ message: expect.stringContaining('DROP DATABASE') });
  });

  it('statements are read in the character set of their session, in which a quote may be part of a letter', async () => {
    await lab.run('CREATE TABLE `größe` (id INT PRIMARY KEY)');
    const start = await lab.now();
    const [host, port] = lab.admin.address.split(':') as [string, string];
    const session = await createConnection({ host, port: Number(port), ...administrator, database: lab.database, charset: 'latin1' });
    try {
      await session.query('TRUNCATE `größe`');
      await session.query('DROP TABLE `größe`');
    } finally {
      await session.end();
    }
    const { records } = await lab.read(start, { tables: [`${lab.database}.größe`], onTruncate: 'event' });
    expect(records.map((record) => [jsonOf(record).op, jsonOf(record).source.table])).toEqual([
      ['t', 'größe'],
      ['t', 'größe'],
    ]);
  });

  it('a log of other tables moves the position, also in a poll that brings nothing', async () => {
    const start = await lab.now();
    await lab.run('CREATE TABLE others (id INT PRIMARY KEY); INSERT INTO others VALUES (1), (2), (3)');
    const task = lab.task(start, { tables: [`${lab.database}.none`] });
    await task.start();
    const { records, positions } = await task.poll({ maxRecords: 10, maxBytes: 1_000 });
    await task.stop();
    expect(records).toEqual([]);
    expect(positions?.get('stream')).not.toBe(start);
  });
});

it('of MySQL 5.6, whose log names no columns, rows that can not be read any more are refused where a part of their transaction was copied before, and the rest of it comes', async () => {
  await using lab = await MysqlLab.open('mysql56');
  await lab.run('CREATE TABLE changed (id INT PRIMARY KEY); CREATE TABLE other (id INT PRIMARY KEY)');
  const start = await lab.now();
  await lab.run('START TRANSACTION; INSERT INTO changed VALUES (1), (2), (3); INSERT INTO other VALUES (4), (5); COMMIT');
  const { records, position } = await lab.read(start, {}, 2);
  expect(records.map(keyOf)).toEqual(['{"id":1}', '{"id":2}']);
  await lab.run('ALTER TABLE changed ADD COLUMN v INT');
  const refused = await lab.read(position).catch((error) => error);
  expect(refused).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('.changed had fewer columns') });
  lab.skipped.push(refused.id);
  expect((await lab.read(position)).records.map(keyOf)).toEqual(['{"id":4}', '{"id":5}']);
});

describe('of MariaDB', () => {
  it('a stream that was left is read no further, and holds back no end', async () => {
    await using lab = await MysqlLab.open('mariadb');
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run(`${asStatements('INSERT INTO t VALUES (1)')}; INSERT INTO t VALUES (2), (3)`);
    const task = lab.task(start);
    await task.start();
    const { records, caughtUp } = await task.poll({ maxRecords: 1, maxBytes: 1_000 });
    expect([records.map(({ refused }) => refused?.code), caughtUp]).toEqual([['WRONG_KIND'], false]);
    task.leave();
    expect(await task.poll({ maxRecords: 10, maxBytes: 1_000 })).toEqual({ records: [], caughtUp: true });
    await task.stop();
  });

  it('tables that keep their history are refused under any names of their columns, and hidden columns are left out', async () => {
    await using lab = await MysqlLab.open('mariadb');
    await lab.run(
      'CREATE TABLE v (id INT PRIMARY KEY, vf TIMESTAMP(6) GENERATED ALWAYS AS ROW START, vt TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (vf, vt)) WITH SYSTEM VERSIONING',
    );
    await lab.run('CREATE TABLE h (id INT PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a), UNIQUE (b))');
    const start = await lab.now();
    await lab.run("INSERT INTO h VALUES (1, 'x', 'y')");
    expect((await lab.read(start)).records.map((record) => jsonOf(record).after)).toEqual([{ id: 1, a: 'x', b: 'y' }]);
    await lab.run('INSERT INTO v (id) VALUES (1); UPDATE v SET id = 2');
    await expect(lab.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('keeps its history') });
    const created = await lab.now({ excludeTables: [`${lab.database}.v`] });
    await lab.run('CREATE TABLE w (id INT PRIMARY KEY)');
    await lab.run('ALTER TABLE w ADD SYSTEM VERSIONING');
    await expect(lab.read(created)).rejects.toMatchObject({ message: expect.stringContaining('.w keeps its history') });
  });

  it('rows of a distributed transaction are refused, once for a table', async () => {
    await using lab = await MysqlLab.open('mariadb');
    await lab.run('CREATE TABLE x (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run(
      "XA START 'a'; INSERT INTO x VALUES (1); INSERT INTO x VALUES (2); XA END 'a'; XA PREPARE 'a'; XA COMMIT 'a'; INSERT INTO x VALUES (3)",
    );
    const refused = await lab.read(start).catch((error) => error);
    expect(refused).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('XA') });
    lab.skipped.push(refused.id);
    expect((await lab.read(start)).records.map(keyOf)).toEqual(['{"id":3}']);
  });
});
