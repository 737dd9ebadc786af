import { expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { mysqlSource } from '../../../src/connectors/mysql/index.ts';
import { OwnServer } from '../../support/own-server.ts';
import { MysqlLab } from './mysql-lab.ts';
import { withCnf } from './own-cnf.ts';

it.each([
  [['log-slave-updates=OFF', 'read-only=1'], 'log_slave_updates is OFF', 'log_slave_updates = ON'],
  [['binlog-do-db=elsewhere'], 'binlog_do_db is elsewhere', 'remove binlog_do_db'],
  [['binlog-ignore-db=elsewhere'], 'binlog_ignore_db is elsewhere', 'remove binlog_ignore_db'],
])('the check warns of a server whose log may lack changes: %j', async (settings, message, remedy) => {
  await using own = await OwnServer.start(withCnf(mariadb, settings));
  await using lab = await MysqlLab.at(own.address('mysql'));
  await lab.run('CREATE TABLE t (id INT PRIMARY KEY)');
  const context = { connector: 'lab', logger: silentLogger, clients: lab.clients, signal: new AbortController().signal };
  expect(await mysqlSource.create(lab.parsed(), context).check()).toEqual([
    expect.objectContaining({ level: 'warning', message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) }),
  ]);
});
