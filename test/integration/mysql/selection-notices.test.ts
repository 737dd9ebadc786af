import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type PollResult, silentLogger, type TaskConfig } from '../../../src/api/index.ts';
import { mysqlSource } from '../../../src/connectors/mysql/index.ts';
import { MysqlSourceTask } from '../../../src/connectors/mysql/source.ts';
import { MysqlLab } from './mysql-lab.ts';
import { SERVERS } from './snapshot-lab.ts';

const common = (lab: MysqlLab) => ({
  connector: 'lab',
  logger: silentLogger,
  clients: lab.clients,
  signal: new AbortController().signal,
});

const plan = (lab: MysqlLab, options: Record<string, unknown>): Promise<TaskConfig[]> =>
  mysqlSource.create(lab.parsed(options), common(lab)).taskConfigs(1, [], new Map());

/** What a run of the first task says, with those of its selection only. */
async function noticesOf(lab: MysqlLab, options: Record<string, unknown>, [taskConfig]: readonly TaskConfig[]): Promise<string[]> {
  const positionsOfAll = async () => ({ positions: new Map(), quietAt: 0 });
  const config = lab.parsed(options);
  const task = new MysqlSourceTask({
    ...common(lab),
    ...{ task: 0, config, taskConfig: taskConfig as TaskConfig, positions: new Map(), positionsOfAll },
  });
  const notices: string[] = [];
  try {
    await task.start();
    for (let result: PollResult | undefined; !result?.caughtUp; ) {
      result = await task.poll({ maxRecords: 1_000, maxBytes: 1_000_000 });
      notices.push(...(result.notices ?? []));
    }
    return notices;
  } finally {
    await task.stop();
  }
}

describe.each(SERVERS)('a run of %s', (server) => {
  it('says what its selection names and does not find, each time and once', async () => {
    await using lab = await MysqlLab.open(server);
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY, email INT)');
    const { database } = lab;
    const right = { excludeColumns: [`${database}.t.EMAIL`, `${database}.*.secret`], excludeTables: ['*.gone'] };
    expect(await noticesOf(lab, right, await plan(lab, right))).toEqual([]);
    const wrong = {
      tables: [`${database}.*`, `${database}.ordres`, 'nowhere_*.t'],
      excludeColumns: [`${database}.t.emial`, `${database}.T.email`, `${database}.nosuch.*`],
      maskColumns: [{ columns: [`${database}.t.phone`], value: '*' }],
    };
    const planned = await plan(lab, wrong);
    for (let run = 0; run < 2; run += 1) {
      expect(await noticesOf(lab, wrong, planned)).toEqual([
        expect.stringContaining(`source.tables: there is no table ${database}.ordres: `),
        expect.stringContaining('source.tables: no table matches nowhere_*.t, '),
        expect.stringContaining(`source.excludeColumns: ${database}.T.email is about no table that is copied: `),
        expect.stringContaining(`source.excludeColumns: ${database}.nosuch.* is about no table that is copied: `),
        expect.stringContaining(`source.excludeColumns: table ${database}.t has no column ${database}.t.emial, `),
        expect.stringContaining(`source.maskColumns: table ${database}.t has no column ${database}.t.phone, `),
      ]);
    }
  });

  it('says which tables and columns its user may not read, and nothing of a user who may read all', async () => {
    await using lab = await MysqlLab.open(server);
    const { database } = lab;
    const name = `partly${randomInt(1e9)}`;
    const user = `'${name}'@'127.0.0.1'`;
    await lab.run(
      'CREATE TABLE whole (id INT PRIMARY KEY); CREATE TABLE part (id INT PRIMARY KEY, a INT, `__proto__` INT); CREATE TABLE unseen (id INT)',
    );
    await lab.run(`CREATE USER ${user} IDENTIFIED BY 'partly-secret'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${user};
      GRANT SELECT ON whole TO ${user}; GRANT SELECT (id, a) ON part TO ${user}`);
    try {
      const options = { snapshot: 'never', username: name, password: 'partly-secret' };
      expect(await noticesOf(lab, options, await plan(lab, options))).toEqual([
        expect.stringContaining(`${database}.* may match tables that this user may not read`),
        expect.stringContaining(`table ${database}.part, or some of its columns, may not be read by this user`),
      ]);
      const named = { ...options, tables: [`${database}.whole`, `${database}.unseen`] };
      expect(await noticesOf(lab, named, await plan(lab, named))).toEqual([
        expect.stringContaining(`table ${database}.unseen may not be read by this user`),
      ]);
      await lab.run(`GRANT SELECT ON \`${database.replaceAll('_', '\\_')}\`.* TO ${user}`);
      await lab.clients.close();
      expect(await noticesOf(lab, options, await plan(lab, options))).toEqual([]);
    } finally {
      await lab.run(`DROP USER ${user}`);
    }
  });

  it('without a log says which tables came after the plan', async () => {
    await using lab = await MysqlLab.open(server);
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)');
    const only = { snapshot: 'only' };
    const planned = await plan(lab, only);
    expect(await noticesOf(lab, only, planned)).toEqual([]);
    await lab.run('CREATE TABLE later (id INT PRIMARY KEY)');
    expect(await noticesOf(lab, only, planned)).toEqual([expect.stringContaining(`no task reads ${lab.database}.later`)]);
    expect(await noticesOf(lab, only, await plan(lab, only))).toEqual([]);
  });
});
