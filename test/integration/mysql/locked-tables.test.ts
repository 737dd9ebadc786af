import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MysqlLab } from './mysql-lab.ts';
import { readSnapshot } from './snapshot-as-log.ts';
import { SERVERS } from './snapshot-lab.ts';

describe.each(SERVERS)('a table of %s that another session has locked', (server) => {
  it('is named with the lock and who may have it, and no query is left waiting', async () => {
    await using lab = await MysqlLab.open(server);
    await using owner = await MysqlLab.open(server);
    const username = `watch${randomInt(1e9)}`;
    const user = `'${username}'@'127.0.0.1'`;
    await lab.run(`CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1); CREATE USER ${user} IDENTIFIED BY 'watch-secret';
      GRANT SELECT, PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${user}`);
    const reader = { username, password: 'watch-secret', requestTimeoutMs: 2_000 };
    try {
      const [{ id = 0 } = {}] = await owner.admin.rows<{ id: number }>('SELECT CONNECTION_ID() AS id');
      await owner.run(`LOCK TABLES ${lab.database}.t WRITE`);
      const problem = await readSnapshot(lab, reader).catch((error) => error);
      expect(problem).toMatchObject({ code: 'TIMEOUT', retriable: true });
      expect(problem.message).toContain('waits for a lock (Waiting for table metadata lock): SELECT');
      expect(problem.message).toContain(`\`${lab.database}\`.\`t\``);
      expect(problem.remedy).toMatch(/one of these: \d+ of root at /);
      const sessions = await lab.admin.rows<{ Id: number; State: string | null; Info: string | null }>('SHOW FULL PROCESSLIST');
      expect(sessions.map(({ Id }) => Number(Id))).toContain(Number(id));
      const isWaiting = sessions.filter(({ State, Info }) => /metadata lock/.test(State ?? '') && Info?.includes(lab.database));
      expect(isWaiting).toEqual([]);
      await owner.run('UNLOCK TABLES');
      expect(await readSnapshot(lab, reader)).toHaveLength(1);
    } finally {
      await owner.run(`UNLOCK TABLES; DROP USER ${user}`);
    }
  });
});
