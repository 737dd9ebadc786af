import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { type Finding, silentLogger } from '../../../src/api/index.ts';
import { mysqlSource } from '../../../src/connectors/mysql/index.ts';
import { OwnServer } from '../../support/own-server.ts';
import { stackAddresses } from '../../support/stack.ts';
import { MysqlLab } from './mysql-lab.ts';

const LIMITED = "'limited'@'127.0.0.1'";

describe('the check of a server', () => {
  let server: OwnServer;
  let lab: MysqlLab;
  beforeAll(async () => {
    server = await OwnServer.start(mariadb);
    lab = await MysqlLab.at(server.address('mysql'));
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY)');
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const connector = (of: MysqlLab, overrides: Record<string, unknown> = {}, expression?: string) =>
    mysqlSource.create(of.parsed(overrides), {
      ...(expression !== undefined && { schedule: { expression, timeZone: 'UTC' } }),
      connector: 'lab',
      logger: silentLogger,
      clients: of.clients,
      signal: new AbortController().signal,
    });
  const check = (overrides: Record<string, unknown> = {}): Promise<Finding[]> => connector(lab, overrides).check();

  it('finds nothing where all is well, also over an encrypted connection', async () => {
    expect(await check()).toEqual([]);
    const { mariadb: address, mysqlCaFile } = await stackAddresses();
    await using shared = await MysqlLab.at(address);
    await shared.run('CREATE TABLE t (id INT PRIMARY KEY)');
    expect(await connector(shared, { tls: { ca: await readFile(mysqlCaFile, 'utf8') } }).check()).toEqual([]);
  });

  it.each([
    ['binlog_format', 'MIXED', 'ROW'],
    ['binlog_row_image', 'MINIMAL', 'FULL'],
    ['binlog_row_metadata', 'NO_LOG', 'FULL'],
  ])('names the setting %s, and the statement that mends it', async (name, wrong, right) => {
    await lab.run(`SET GLOBAL ${name} = ${wrong}`);
    const findings = await check();
    await lab.run(`SET GLOBAL ${name} = ${right}`);
    expect(findings).toEqual([expect.objectContaining({ level: 'error', code: 'WRONG_KIND' })]);
    expect(findings[0]?.message).toContain(`${name} is ${wrong}`);
    expect(findings[0]?.remedy).toContain(`SET GLOBAL ${name} = ${right}`);
  });

  it('names the rights that are missing, and the statement that grants them', async () => {
    await lab.run(`CREATE USER ${LIMITED} IDENTIFIED BY 'limited-secret'; GRANT SELECT, REPLICATION SLAVE ON *.* TO ${LIMITED}`);
    const limited = { username: 'limited', password: 'limited-secret' };
    expect(await check(limited)).toEqual([
      expect.objectContaining({
        code: 'FORBIDDEN',
        message: `${LIMITED} lacks REPLICATION CLIENT`,
        remedy: `GRANT REPLICATION CLIENT ON *.* TO ${LIMITED}`,
      }),
    ]);
    await lab.run(`REVOKE SELECT ON *.* FROM ${LIMITED}; GRANT REPLICATION CLIENT ON *.* TO ${LIMITED}`);
    expect(await check({ ...limited, tables: [`${lab.database}.t`] })).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', option: 'source.tables' }),
    ]);
  });

  it('finds rights that a role gives', async () => {
    await lab.run(`CREATE ROLE copier; GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO copier;
      CREATE USER 'roled'@'127.0.0.1' IDENTIFIED BY 'roled-secret'; GRANT copier TO 'roled'@'127.0.0.1'; SET DEFAULT ROLE copier FOR 'roled'@'127.0.0.1'`);
    expect(await check({ username: 'roled', password: 'roled-secret' })).toEqual([]);
  });

  it('refuses tables that keep their history, whose rows come and go under other keys', async () => {
    await lab.run('CREATE TABLE versioned (id INT PRIMARY KEY) WITH SYSTEM VERSIONING');
    const refused = expect.objectContaining({
      code: 'WRONG_KIND',
      message: expect.stringContaining(`${lab.database}.versioned keeps its history`),
    });
    const start = await lab.now({ excludeTables: ['*.versioned'] });
    await lab.run('INSERT INTO versioned VALUES (1)');
    expect(await check()).toEqual([refused]);
    await expect(connector(lab).taskConfigs(1, [], new Map())).rejects.toMatchObject({ code: 'WRONG_KIND' });
    await expect(lab.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND' });
    await lab.run('DROP TABLE versioned');
  });

  it.each([
    [null, 'removes its log as soon as it can'],
    ['24', 'keeps its log for 24 hours'],
    ['168', undefined],
  ])("looks at the retention of Amazon RDS, which is not the server's own: %j hours", async (hours, message) => {
    await lab.admin.run('CREATE TABLE mysql.rds_configuration (name VARCHAR(100), value VARCHAR(100), description VARCHAR(300))');
    await lab.admin.run("INSERT INTO mysql.rds_configuration VALUES ('binlog retention hours', ?, '')", [hours]);
    await lab.run('SET GLOBAL binlog_expire_logs_seconds = 2592000');
    const findings = await check();
    await lab.run('DROP TABLE mysql.rds_configuration; SET GLOBAL binlog_expire_logs_seconds = 0');
    expect(findings).toEqual(
      message === undefined
        ? []
        : [
            expect.objectContaining({
              level: 'warning',
              message: expect.stringContaining(message),
              remedy: expect.stringContaining("CALL mysql.rds_set_configuration('binlog retention hours', 72)"),
            }),
          ],
    );
  });

  it.each([
    [{ file: 'nosuch.000001', offset: 4 }, 'the server has no nosuch.000001:4, it has binlog.000001 to '],
    [{ file: 'binlog.000001', offset: 999_999_999 }, 'the server has no binlog.000001:999999999, it has '],
  ])('tells a place to begin at that the server does not have: %j', async (startAt, message) => {
    expect(await check({ startAt })).toEqual([
      expect.objectContaining({
        level: 'warning',
        code: 'CONFIG_INVALID',
        option: 'source.startAt',
        message: expect.stringContaining(message),
      }),
    ]);
    for (const snapshot of ['never', 'initial']) {
      const refused = connector(lab, { startAt, snapshot }).taskConfigs(1, [], new Map());
      await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
    }
  });

  it('lets a connector be planned again whose place to begin at is long gone', async () => {
    const begun = connector(lab, { snapshot: 'never' });
    const previous = await begun.taskConfigs(1, [], new Map());
    const again = connector(lab, { snapshot: 'never', startAt: { file: 'nosuch.000001', offset: 4 } });
    const position = (await lab.now()) as string;
    expect(await again.taskConfigs(1, previous, new Map([['stream', position]]))).toHaveLength(1);
  });

  it.each([
    { keptHours: 2, schedule: undefined, says: 'keeps its log for 2 hours: ', neededHours: 72 },
    {
      keptHours: 2,
      schedule: 'rate(5 minutes)',
      says: 'for 2 hours and the schedule starts the task at least every 5 minutes',
      neededHours: 72,
    },
    {
      keptHours: 100,
      schedule: 'cron(0 3 ? * MON-FRI *)',
      says: 'for 100 hours and the schedule starts the task at least every 72 hours',
      neededHours: 216,
    },
    { keptHours: 72, schedule: 'rate(1 day)', says: undefined, neededHours: 72 },
    { keptHours: 100, schedule: 'at(2030-12-24T18:00:00)', says: undefined, neededHours: 72 },
  ])(
    'looks at a log that is kept for $keptHours hours, with the schedule $schedule',
    async ({ keptHours, schedule, says, neededHours }) => {
      await lab.run(`SET GLOBAL binlog_expire_logs_seconds = ${keptHours * 3_600}`);
      const findings = await connector(lab, {}, schedule).check();
      await lab.run('SET GLOBAL binlog_expire_logs_seconds = 0');
      const remedy = expect.stringContaining(`SET GLOBAL binlog_expire_logs_seconds = ${neededHours * 3_600}`);
      expect(findings).toEqual(
        says === undefined ? [] : [expect.objectContaining({ level: 'warning', message: expect.stringContaining(says), remedy })],
      );
    },
  );

  it('warns where no table matches, and of a server whose log does not name columns', async () => {
    expect(await check({ tables: ['nowhere.*'] })).toEqual([expect.objectContaining({ level: 'warning', code: 'NOT_FOUND' })]);
    await using older = await MysqlLab.open('mysql56');
    await older.run('CREATE TABLE t (id INT PRIMARY KEY)');
    expect(await connector(older).check()).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('5.6.24') }),
    ]);
    await older.run('SET GLOBAL expire_logs_days = 1');
    const findings = await connector(older).check();
    await older.run('SET GLOBAL expire_logs_days = 0');
    expect(findings.map(({ remedy }) => remedy)).toContain('SET GLOBAL expire_logs_days = 3');
  });

  it('names what is selected and can not be read or copied: columns, tables that may be hidden, sequences', async () => {
    await lab.run(
      'CREATE TABLE part (id INT PRIMARY KEY, a INT, b INT); CREATE TABLE unseen (id INT PRIMARY KEY); CREATE SEQUENCE numbers',
    );
    await lab.run(`CREATE USER 'partly'@'127.0.0.1' IDENTIFIED BY 'x'; GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'partly'@'127.0.0.1';
      GRANT SELECT ON t TO 'partly'@'127.0.0.1'; GRANT SELECT (id, a) ON part TO 'partly'@'127.0.0.1'`);
    const user = { username: 'partly', password: 'x' };
    const messages = (await check(user)).map(({ level, message }) => `${level}: ${message}`);
    expect(messages).toContainEqual(expect.stringContaining(`${lab.database}.part, or some of its columns, may not be read`));
    expect(messages).toContainEqual(expect.stringContaining(`${lab.database}.* may match tables that this user may not read`));
    const whole = (await check()).map(({ message }) => message);
    expect(whole).toEqual([expect.stringContaining(`${lab.database}.numbers is a sequence`)]);
    await lab.run("DROP TABLE part, unseen; DROP SEQUENCE numbers; DROP USER 'partly'@'127.0.0.1'");
  });

  it('lists the topics of the tables that are there, and refuses names that RocketMQ takes not', async () => {
    const topicTemplate = '{{database}}_{{table}}';
    expect(await connector(lab, { topicTemplate }).topics?.()).toEqual({ names: [`${lab.database}_t`], option: 'source.topicTemplate' });
    await lab.run('CREATE TABLE `t.odd` (id INT PRIMARY KEY)');
    await expect(connector(lab, { topicTemplate }).topics?.()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
