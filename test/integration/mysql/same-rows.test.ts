import { describe, expect, it } from '@jest/globals';
import { jsonOf, keyOf, MysqlLab, type ServerName } from './mysql-lab.ts';
import { content, readSnapshot } from './snapshot-as-log.ts';

const byContent = (a: { value: string | undefined }, b: { value: string | undefined }) => String(a.value).localeCompare(String(b.value));

/** What the log and the snapshot give of the same rows. */
async function bothWays(lab: MysqlLab, definitions: string, rows: string, overrides: Record<string, unknown> = {}) {
  await lab.run(definitions);
  const start = await lab.now();
  await lab.run(rows);
  const { records } = await lab.read(start, { format: 'flat', ...overrides });
  const snapshot = await readSnapshot(lab, overrides);
  return { log: records.map(content).sort(byContent), snapshot: snapshot.map(content).sort(byContent) };
}

describe.each<ServerName>(['mariadb', 'mysql56'])('rows of %s', (server) => {
  it('have the key by which the server tells them apart, the first unique one of columns that are never null where there is no other', async () => {
    await using lab = await MysqlLab.open(server);
    const { log, snapshot } = await bothWays(
      lab,
      `CREATE TABLE two (a INT NOT NULL, b INT NOT NULL, c INT, UNIQUE maybe_null (c), UNIQUE first (b, a), UNIQUE second (a));
       CREATE TABLE part (a INT NOT NULL, t VARCHAR(20) NOT NULL, UNIQUE beginning (t(5)), UNIQUE whole (t, a));
       CREATE TABLE none (a INT, UNIQUE (a)); CREATE TABLE own (a INT NOT NULL UNIQUE, id INT PRIMARY KEY)`,
      "INSERT INTO two VALUES (1, 2, 3), (4, 5, NULL); INSERT INTO part VALUES (1, 'x'); INSERT INTO none VALUES (7); INSERT INTO own VALUES (8, 9)",
    );
    expect(snapshot).toEqual(log);
    expect(new Set(log.map(({ key }) => key))).toEqual(
      new Set(['{"b":2,"a":1}', '{"b":5,"a":4}', '{"t":"x","a":1}', undefined, '{"id":9}']),
    );
  });

  it('of tables whose names hold dots are told apart', async () => {
    await using lab = await MysqlLab.open(server);
    const other = `${lab.database}.b`;
    try {
      const both = { tables: [`${lab.database}.*`, `\`${other}\`.*`], topicTemplate: '{{table}}' };
      const tables = `CREATE DATABASE \`${other}\`; CREATE TABLE \`b.c\` (id INT PRIMARY KEY); CREATE TABLE \`${other}\`.c (id INT PRIMARY KEY)`;
      const { log, snapshot } = await bothWays(lab, tables, `INSERT INTO \`b.c\` VALUES (1); INSERT INTO \`${other}\`.c VALUES (1)`, {
        ...both,
        topicTemplate: 'all',
      });
      expect(snapshot).toEqual(log);
      expect(log.map(({ orderingKey }) => orderingKey).sort()).toEqual(
        [`${lab.database}.\`b.c\`/{"id":1}`, `\`${other}\`.c/{"id":1}`].sort(),
      );
      const one = await readSnapshot(lab, { tables: [`${lab.database}.\`b.c\``] });
      expect(one).toHaveLength(1);
    } finally {
      await lab.run(`DROP DATABASE IF EXISTS \`${other}\``);
    }
  });

  it('of any size are read in parts of a few megabytes, though the last ones are far larger than all before', async () => {
    await using lab = await MysqlLab.open(server);
    await lab.run('CREATE TABLE skew (id INT PRIMARY KEY AUTO_INCREMENT, v MEDIUMTEXT)');
    await lab.run("INSERT INTO skew (v) VALUES ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x')");
    for (let rows = 8; rows < 8_192; rows *= 2) await lab.run("INSERT INTO skew (v) SELECT 'x' FROM skew");
    for (let row = 0; row < 20; row += 1) await lab.run("INSERT INTO skew (v) VALUES (REPEAT('y', 1000000))");
    const parts: number[] = [];
    const records = await readSnapshot(lab, {}, (part) => parts.push(part.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)));
    expect(records.map((record) => Number(jsonOf(record).v.length)).filter((length) => length > 1)).toEqual(Array(20).fill(1_000_000));
    expect(records).toHaveLength(8_192 + 20);
    expect(new Set(records.map(keyOf)).size).toBe(records.length);
    expect(Math.max(...parts)).toBeLessThan(6_000_000);
  });

  it('have all their columns, though these are named like what every object has', async () => {
    await using lab = await MysqlLab.open(server);
    const { log, snapshot } = await bothWays(
      lab,
      'CREATE TABLE t (`__proto__` INT PRIMARY KEY, `constructor` VARCHAR(9), `toString` INT, `hasOwnProperty` INT); CREATE TABLE `__proto__` (id INT PRIMARY KEY)',
      "INSERT INTO t VALUES (1, 'a', 2, NULL); INSERT INTO `__proto__` VALUES (7)",
    );
    expect(snapshot).toEqual(log);
    expect(log.map(({ key, value }) => [key, value])).toEqual([
      ['{"__proto__":1}', '{"__proto__":1,"constructor":"a","toString":2,"hasOwnProperty":null}'],
      ['{"id":7}', '{"id":7}'],
    ]);
  });

  it('that are deleted leave a tombstone which names its table', async () => {
    await using lab = await MysqlLab.open(server);
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)');
    const start = await lab.now();
    await lab.run('DELETE FROM t');
    const { records } = await lab.read(start);
    const tombstone = records.find(({ value }) => value === null);
    expect(tombstone?.headers.map(({ name, value }) => [name, value?.toString()])).toEqual([
      ['__db', lab.database],
      ['__table', 't'],
    ]);
  });

  it('show no column that is left out under a name in another case, as the server takes both for one', async () => {
    await using lab = await MysqlLab.open(server);
    const options = { excludeColumns: [`${lab.database}.t.secret`], maskColumns: [{ columns: [`${lab.database}.t.PHONE`], value: '*' }] };
    const { log, snapshot } = await bothWays(
      lab,
      'CREATE TABLE t (id INT PRIMARY KEY, Secret INT, phone INT)',
      'INSERT INTO t VALUES (1, 2, 3)',
      options,
    );
    expect(snapshot).toEqual(log);
    expect(log.map(({ value }) => value)).toEqual(['{"id":1,"phone":"*"}']);
  });
});

it('shows the same columns of MariaDB whichever way rows are read: generated and invisible ones, those of periods, none of its own; and no sequence', async () => {
  await using lab = await MysqlLab.open('mariadb');
  const { log, snapshot } = await bothWays(
    lab,
    `CREATE TABLE hashed (a INT NOT NULL, t TEXT NOT NULL, u TEXT, UNIQUE (t), UNIQUE (u));
     CREATE TABLE made (id INT PRIMARY KEY, v INT AS (id + 1) VIRTUAL, s INT AS (id + 2) STORED, i INT INVISIBLE DEFAULT 5);
     CREATE TABLE periods (id INT PRIMARY KEY, d1 DATE, d2 DATE, PERIOD FOR p (d1, d2));
     CREATE TABLE named (DB_ROW_HASH_1 BIGINT UNSIGNED PRIMARY KEY); CREATE SEQUENCE numbers`,
    `INSERT INTO hashed VALUES (1, 'x', 'y'); INSERT INTO made (id) VALUES (1); INSERT INTO periods VALUES (1, '2024-01-01', '2024-02-01');
     INSERT INTO named VALUES (5); SELECT NEXT VALUE FOR numbers`,
  );
  expect(snapshot).toEqual(log);
  expect(log.map(({ value }) => value).sort()).toEqual([
    '{"DB_ROW_HASH_1":5}',
    '{"a":1,"t":"x","u":"y"}',
    '{"id":1,"d1":19723,"d2":19754}',
    '{"id":1,"v":2,"s":3,"i":5}',
  ]);
});
