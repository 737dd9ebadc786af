import { describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { jsonOf, MysqlLab } from './mysql-lab.ts';

const SERVERS = [
  { name: 'MariaDB', server: mariadb },
  { name: 'MySQL', server: mysql56 },
];

describe.each(SERVERS)('an incident of $name, whose log lacks changes from there on', ({ server }) => {
  it('is refused once by its place, though it came right behind the end of a run, and the log goes on in another file', async () => {
    await using own = await OwnServer.start(server);
    await using lab = await MysqlLab.at(own.address('mysql'));
    await lab.run('CREATE TABLE m (id INT, v VARCHAR(300)) ENGINE = MyISAM; INSERT INTO m VALUES (1, NULL)');
    await lab.run("CREATE TABLE wide (v VARCHAR(300)); INSERT INTO wide VALUES (REPEAT('x', 250)), (REPEAT('x', 250))");
    for (let rows = 2; rows < 128; rows *= 2) await lab.run('INSERT INTO wide SELECT * FROM wide');
    const end = await lab.now();
    await lab.run('SET GLOBAL max_binlog_stmt_cache_size = 4096, GLOBAL binlog_stmt_cache_size = 4096');
    await using other = await MysqlLab.at(own.address('mysql'));
    const before = await lab.now();
    await expect(other.run(`INSERT INTO ${lab.database}.m SELECT 2, v FROM ${lab.database}.wide`)).rejects.toThrow(/cache/i);

    // `other` made a database since the first place: that one is behind it, the other is not.
    for (const position of [before, end]) {
      const refused = await lab.read(position).catch((error) => error);
      expect(refused).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('LOST_EVENTS') });
    }
    await lab.run('FLUSH LOGS');
    const refused = await lab.read(before).catch((error) => error);
    expect(refused).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('LOST_EVENTS') });

    lab.skipped.push(refused.id);
    const behind = await lab.read(before);
    expect(behind.records).toEqual([]);
    await lab.run('INSERT INTO m VALUES (3, NULL)');
    const last = await lab.read(before);
    expect(last.records.map((record) => jsonOf(record).after.id)).toEqual([3]);
    // What lies before these places is not asked for again.
    lab.skipped.pop();
    expect((await lab.read(behind.position)).records.map((record) => jsonOf(record).after.id)).toEqual([3]);
    expect((await lab.read(last.position)).records).toEqual([]);
  });
});
