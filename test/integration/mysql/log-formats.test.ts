import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { jsonOf, keyOf, MysqlLab } from './mysql-lab.ts';
import { withCnf } from './own-cnf.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

describe.each([mariadb, mysql56])('a log of $name', (server) => {
  let own: OwnServer;
  let lab: MysqlLab;
  beforeAll(async () => {
    own = await OwnServer.start(server);
    lab = await MysqlLab.at(own.address('mysql'));
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))');
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
  });

  it('is read through files that were written with checksums and without', async () => {
    const start = await lab.now();
    const checksum = (value: string) => lab.admin.run(`SET GLOBAL binlog_checksum = ${value}`);
    for (const [id, value] of ['CRC32', 'NONE', 'CRC32', 'NONE'].entries()) {
      await checksum(value);
      await lab.run(`INSERT INTO t VALUES (${id}, 'written with ${value}')`);
    }
    for (const value of ['NONE', 'CRC32']) {
      await checksum(value);
      const { records } = await lab.read(start);
      expect(records.map((record) => jsonOf(record).after.v)).toEqual(
        ['CRC32', 'NONE', 'CRC32', 'NONE'].map((each) => `written with ${each}`),
      );
    }
  });

  it('is read on behind a table in memory, which the server empties by a statement when it comes back', async () => {
    await lab.run('CREATE TABLE fleeting (id INT PRIMARY KEY) ENGINE = MEMORY; INSERT INTO fleeting VALUES (1)');
    const start = await lab.now();
    await own.restart(5_000);
    await lab.run('SELECT * FROM fleeting; INSERT INTO t VALUES (10, NULL)');
    const { records } = await lab.read(start, { schemaChanges: true });
    expect(records.map(keyOf)).toContain('{"id":10}');
  });

  it('is not read on behind a statement of someone else that empties a table', async () => {
    const start = await lab.now();
    await lab.run(`SET SESSION binlog_format = STATEMENT; DELETE FROM \`${lab.database}\`.\`t\`; SET SESSION binlog_format = ROW`);
    await expect(lab.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('a statement') });
  });
});

describe('a character set that the readers in use do not know', () => {
  it('is copied from table and log alike', async () => {
    await using copy = await SnapshotCopy.open('mariadb');
    const sql = (text: string) => copy.lab.admin.query(text);
    await sql('CREATE TABLE swedish (id INT PRIMARY KEY, a CHAR(10) CHARACTER SET swe7, b TEXT CHARACTER SET swe7, c INT)');
    await sql("INSERT INTO swedish VALUES (1, 'å', 'ö', 3)");
    await copy.apply();
    await copy.runToEnd();
    await sql("INSERT INTO swedish VALUES (2, 'å', 'ö', 4)");
    await copy.runToEnd();
    expect((await copy.folded()).swedish).toEqual({
      '{"id":1}': { id: 1, a: 'å', b: 'ö', c: 3 },
      '{"id":2}': { id: 2, a: 'å', b: 'ö', c: 4 },
    });
  });
});

describe('times as servers wrote them up to MySQL 5.5', () => {
  it('are the same from the log as from a query, beside columns of MariaDB alone', async () => {
    await using own = await OwnServer.start(withCnf(mariadb, ['mysql56-temporal-format=OFF']));
    await using copy = await SnapshotCopy.open({ address: own.address('mysql') });
    const sql = (text: string) => copy.lab.admin.query(text);
    const types = ['TIME', 'TIME(3)', 'DATETIME', 'DATETIME(6)', 'TIMESTAMP NULL', 'TIMESTAMP(2) NULL', 'DATE', 'YEAR'];
    const columns = types.map((type, index) => `c${index} ${type}`).join(', ');
    await sql(`CREATE TABLE old (id INT PRIMARY KEY, ${columns}, u UUID, b BINARY(16), p POINT)`);
    await copy.apply({ snapshot: 'never', startAt: 'latest' });
    await copy.runToEnd();
    const times = ['00:00:00', '-00:00:01', '-00:01:00', '-01:00:00', '-00:59:59', '838:59:59', '-838:59:59', '12:34:56'];
    for (const [id, time] of times.entries()) {
      const at = `'2024-01-0${id + 1} 03:04:05.678'`;
      await sql(
        `INSERT INTO old VALUES (${id}, '${time}', '${time}', ${at}, ${at}, ${at}, ${at}, ${at}, 2024, UUID(), x'01', POINT(1, 2))`,
      );
    }
    await copy.runToEnd();
    expect((await copy.folded()).old).toEqual(await copy.rows('old'));
  });
});
