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
    const reader = { username, password: 'watch-secret' };
    try {
      const [{ id = 0 } = {}] = await owner.admin.rows<{ id: number }>('SELECT CONNECTION_ID() AS id');
      await owner.run(`LOCK TABLES ${lab.database}.t WRITE`);
      const blocked = () => readSnapshot(lab, { ...reader, requestTimeoutMs: 2_000 }).catch((error) => error);
      const sessions = () => lab.admin.rows<{ Id: number; State: string | null; Info: string | null }>('SHOW FULL PROCESSLIST');
      const waiting = async () =>
        (await sessions()).flatMap(({ Id, State, Info }) =>
          /metadata lock/.test(State ?? '') && Info?.includes(lab.database) ? [Number(Id)] : [],
        );
      let problem = await blocked();
      // Where the machine is too busy for a server to say why it does not answer, nobody is named, and nothing ended.
      let left: readonly number[] = [];
      for (; /did not answer in time$/.test(problem.message); problem = await blocked()) left = await waiting();
      expect(problem).toMatchObject({ code: 'TIMEOUT', retriable: true });
      expect(problem.message).toContain('waits for a lock (Waiting for table metadata lock): SELECT');
      expect(problem.message).toContain(`\`${lab.database}\`.\`t\``);
      expect(problem.remedy).toMatch(/one of these: \d+ of root at /);
      expect((await sessions()).map(({ Id }) => Number(Id))).toContain(Number(id));
      // A query that is killed ends when it notices.
      while ((await waiting()).some((thread) => !left.includes(thread)));
      await owner.run('UNLOCK TABLES');
      expect(await readSnapshot(lab, reader)).toHaveLength(1);
    } finally {
      await owner.run(`UNLOCK TABLES; DROP USER ${user}`);
    }
  });
});
