import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonOf, MysqlLab } from './mysql-lab.ts';

describe('tables that change while their rows wait in the log', () => {
  let mariadb: MysqlLab;
  let mysql56: MysqlLab;
  beforeAll(async () => {
    mariadb = await MysqlLab.open('mariadb');
    mysql56 = await MysqlLab.open('mysql56');
  });
  afterAll(async () => {
    await mariadb[Symbol.asyncDispose]();
    await mysql56[Symbol.asyncDispose]();
  });

  it('keep the names, types and keys that they had when a row was written', async () => {
    await mariadb.run("CREATE TABLE moving (id INT PRIMARY KEY, a VARCHAR(10) CHARSET latin1, b ENUM('x','y'))");
    const start = await mariadb.now();
    for (const change of [
      "INSERT INTO moving VALUES (1, 'é', 'y')",
      'ALTER TABLE moving ADD COLUMN first TIME FIRST',
      "INSERT INTO moving VALUES ('01:00:00', 2, 'b', 'x')",
      "ALTER TABLE moving RENAME COLUMN a TO c, MODIFY b ENUM('x','new','y'), DROP COLUMN first",
      "INSERT INTO moving VALUES (3, 'c', 'new')",
      'ALTER TABLE moving DROP PRIMARY KEY, MODIFY id BIGINT UNSIGNED, ADD PRIMARY KEY (c)',
      "INSERT INTO moving VALUES (18446744073709551615, 'd', 'y')",
      'RENAME TABLE moving TO moved',
      "INSERT INTO moved VALUES (5, 'f', 'x')",
      'TRUNCATE TABLE moved',
      'DROP TABLE moved',
      'CREATE TABLE moving (id INT, g POINT)',
      'INSERT INTO moving VALUES (6, NULL)',
    ])
      await mariadb.run(change);
    const { records } = await mariadb.read(start);
    expect(
      records.map((record) => [record.key?.toString(), jsonOf(record).source.table, String(record.value).match(/"after":(\{.*?\})/)?.[1]]),
    ).toEqual([
      ['{"id":1}', 'moving', '{"id":1,"a":"é","b":"y"}'],
      ['{"id":2}', 'moving', '{"first":3600000000,"id":2,"a":"b","b":"x"}'],
      ['{"id":3}', 'moving', '{"id":3,"c":"c","b":"new"}'],
      ['{"c":"d"}', 'moving', '{"id":18446744073709551615,"c":"d","b":"y"}'],
      ['{"c":"f"}', 'moved', '{"id":5,"c":"f","b":"x"}'],
      [undefined, 'moving', '{"id":6,"g":null}'],
    ]);
  });

  it('may have columns of any name', async () => {
    await mariadb.run('CREATE TABLE named (`0` INT PRIMARY KEY, `a"b` INT, `ü``` INT, `constructor` INT, `` INT)'.replace(', `` INT', ''));
    const start = await mariadb.now();
    await mariadb.run('INSERT INTO named VALUES (1, 2, 3, 4)');
    const { records } = await mariadb.read(start, { format: 'flat' });
    expect(records.map(({ value }) => String(value))).toEqual(['{"0":1,"a\\"b":2,"ü`":3,"constructor":4,"__op":"c"}']);
  });

  it.each(['CHAR(36)', 'VARCHAR(36)', 'BINARY(4)', 'INT'])(
    'are refused where a UUID became %s: the log has only its bytes',
    async (type) => {
      const table = `uuid_${type.replace(/\W/g, '')}`;
      await mariadb.run(`CREATE TABLE ${table} (id INT PRIMARY KEY, u UUID)`);
      const start = await mariadb.now();
      const changes = `DROP COLUMN u, ADD COLUMN u ${type}`;
      await mariadb.run(`INSERT INTO ${table} VALUES (1, '12345678-1234-1234-1234-1234567890ab'); ALTER TABLE ${table} ${changes}`);
      await expect(mariadb.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining(`${table}.u`) });
    },
  );

  it('are told of where a UUID became another type of the same length', async () => {
    await mariadb.run('CREATE TABLE swapped (id INT PRIMARY KEY, u UUID, i INET6)');
    const start = await mariadb.now();
    await mariadb.run("INSERT INTO swapped VALUES (1, '12345678-1234-1234-1234-1234567890ab', '::1')");
    const told = mariadb.notices.length;
    await mariadb.read(start);
    expect(mariadb.notices.slice(told)).toEqual([]);
    // The server knows the time to the second.
    await sleep(1_100);
    await mariadb.run('ALTER TABLE swapped RENAME COLUMN u TO i, RENAME COLUMN i TO u');
    await mariadb.read(start);
    expect(mariadb.notices.slice(told)).toContainEqual(expect.stringMatching(/swapped was altered after rows .* i as uuid, u as inet6$/));
  });

  it('are refused where the log does not name columns and a type is another one now', async () => {
    await mysql56.run('CREATE TABLE changed (id INT PRIMARY KEY, a INT)');
    const start = await mysql56.now();
    await mysql56.run('INSERT INTO changed VALUES (1, 1); ALTER TABLE changed MODIFY a TEXT');
    await expect(mysql56.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('changed.a') });
    expect((await mysql56.read(start, { excludeTables: [`${mysql56.database}.changed`] })).records).toEqual([]);
  });

  it('are told of where the log does not describe columns and their table was altered since', async () => {
    await mysql56.run("CREATE TABLE resigned (id INT PRIMARY KEY, n INT UNSIGNED, e ENUM('x','y'))");
    const start = await mysql56.now();
    await mysql56.run("INSERT INTO resigned VALUES (1, 4000000000, 'x')");
    const told = mysql56.notices.length;
    await mysql56.read(start);
    expect(mysql56.notices.slice(told)).toEqual([]);
    // The server knows the time to the second.
    await sleep(1_100);
    await mysql56.run("ALTER TABLE resigned MODIFY n INT, MODIFY e ENUM('y','x')");
    await mysql56.read(start);
    const altered = /resigned was altered after rows .*: the rows are read by the table as it is now/;
    expect(mysql56.notices.slice(told)).toContainEqual(expect.stringMatching(altered));
  });

  it('are refused where the log does not name columns and they are gone', async () => {
    await mysql56.run('CREATE TABLE gone (id INT PRIMARY KEY)');
    const start = await mysql56.now();
    await mysql56.run('INSERT INTO gone VALUES (1); DROP TABLE gone; CREATE TABLE here (id INT PRIMARY KEY); INSERT INTO here VALUES (1)');
    await expect(mysql56.read(start)).rejects.toMatchObject({ code: 'NOT_FOUND', remedy: expect.stringContaining('source.excludeTables') });
    const { records } = await mysql56.read(start, { excludeTables: [`${mysql56.database}.gone`] });
    expect(records.map((record) => jsonOf(record).after)).toEqual([{ id: 1 }]);
  });

  it.each(['mariadb', 'mysql56'] as const)(
    'can not be told from rows without all columns, from statements, or before a commit (%s)',
    async (server) => {
      const lab = server === 'mariadb' ? mariadb : mysql56;
      await lab.run('CREATE TABLE partly (id INT PRIMARY KEY, a INT, b INT); INSERT INTO partly VALUES (1, 1, 1)');
      for (const [statements, message] of [
        [
          'SET SESSION binlog_row_image = MINIMAL; UPDATE partly SET b = 2; SET SESSION binlog_row_image = FULL',
          'without all their columns',
        ],
        ['SET SESSION binlog_format = STATEMENT; UPDATE partly SET b = 3; SET SESSION binlog_format = ROW', 'a statement'],
        [
          `SET SESSION binlog_format = STATEMENT; USE mysql; UPDATE ${lab.database}.partly SET b = 5; SET SESSION binlog_format = ROW`,
          `a statement that changes rows of database ${lab.database}`,
        ],
        ...(server === 'mariadb'
          ? [["XA START 'x'; UPDATE partly SET b = 4; XA END 'x'; XA PREPARE 'x'; XA COMMIT 'x'", 'distributed transaction']]
          : []),
      ] as const) {
        const start = await lab.now();
        await lab.run(statements as string);
        await expect(lab.read(start)).rejects.toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining(message as string) });
        expect((await lab.read(start, { tables: ['elsewhere.*'] })).records).toEqual([]);
      }
    },
  );

  it.each(['mariadb', 'mysql56'] as const)('are told from statements that were sent from another database, too (%s)', async (server) => {
    const lab = server === 'mariadb' ? mariadb : mysql56;
    const start = await lab.now();
    const table = `${lab.database}.sent`;
    await lab.run(`USE mysql; CREATE TABLE ${table} (id INT PRIMARY KEY); ALTER TABLE ${table} ADD COLUMN a INT; USE ${lab.database}`);
    const { records } = await lab.read(start, { schemaChanges: true });
    expect(records.map((record) => [jsonOf(record).databaseName, jsonOf(record).ddl])).toEqual([
      [lab.database, expect.stringContaining('CREATE TABLE')],
      [lab.database, expect.stringContaining('ALTER TABLE')],
    ]);
  });
});
