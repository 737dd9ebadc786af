import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { jsonOf, keyOf, MysqlLab } from './mysql-lab.ts';

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
