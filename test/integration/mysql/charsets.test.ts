import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import { jsonOf, MysqlLab, type ServerName } from './mysql-lab.ts';

const bytesFrom = (first: number) =>
  Array.from(
    { length: 256 - first },
    (_, index) => `SELECT x'${(first + index).toString(16).padStart(2, '0')}' AS b, ${first + index} AS n`,
  );
/** Bytes from which sequences are made: any, those that others may follow, and those that may follow others. */
const [ANY, LEADING, FOLLOWING] = [0x00, 0x80, 0x30].map((first) => bytesFrom(first).join(' UNION ALL '));

/** Texts that hold every sequence of one to three bytes, as far as a server takes them for characters; those of each first byte are one row. */
function everySequence(table: string, charset: string, maxBytes: number): string {
  const text = (bytes: string) => `CAST(${bytes} AS CHAR CHARACTER SET ${charset})`;
  const all = (id: string, bytes: string, from: string) =>
    `INSERT INTO ${table} SELECT ${id}, GROUP_CONCAT(${text(bytes)} SEPARATOR '') FROM ${from}`;
  const pairs = (second: string | undefined) => `(${LEADING}) AS p CROSS JOIN (${second}) AS q GROUP BY p.n`;
  return [
    'SET group_concat_max_len = 1000000',
    all('-1', 'p.b', `(${ANY}) AS p`),
    ...(maxBytes > 1 ? [all('p.n', 'CONCAT(p.b, q.b)', pairs(FOLLOWING))] : []),
    ...(maxBytes === 3 ? [all('1000 + p.n', "CONCAT(x'8f', p.b, q.b)", pairs(LEADING))] : []),
  ].join('; ');
}

/** Every character of Unicode that a server can turn into the character set, 4,096 a row. */
function everyCharacter(table: string, planes: number): string {
  const rows = Array.from({ length: planes * 16 }, (_, row) => {
    const points = Array.from({ length: 4096 }, (_, index) => row * 4096 + index).filter(
      (point) => point > 0 && (point < 0xd800 || point > 0xdfff),
    );
    return `(${2000 + row}, CONVERT(x'${Buffer.from(String.fromCodePoint(...points)).toString('hex')}' USING utf8mb4))`;
  });
  return `INSERT INTO ${table} VALUES ${rows.join(',')}`;
}

/** None where two texts are the same. */
function firstDifference(table: string, log: string): string[] {
  if (table === log) return [];
  const [there, here] = [[...table], [...log]];
  const at = there.findIndex((character, index) => character !== here[index]);
  return [
    `character ${at} is ${there[at]?.codePointAt(0)?.toString(16)} in the table, ${here[at]?.codePointAt(0)?.toString(16)} in the log`,
  ];
}

describe.each<ServerName>(['mariadb', 'mysql56'])('character sets of %s', (name) => {
  let lab: MysqlLab;
  let server: MysqlServer;
  beforeAll(async () => {
    lab = await MysqlLab.open(name);
    server = new MysqlServer(lab.parsed(), 'source');
  });
  afterAll(async () => {
    server.close();
    await lab[Symbol.asyncDispose]();
  });

  it('give each of their characters in the log as the server gives it to its clients', async () => {
    const sets = await server.query<{ charset: string; bytes: number }>(
      "SELECT CHARACTER_SET_NAME AS charset, MAXLEN AS bytes FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary'",
    );
    const start = await lab.now();
    for (const { charset, bytes } of sets) {
      await lab.run(`CREATE TABLE of_${charset} (id INT PRIMARY KEY, v MEDIUMTEXT CHARACTER SET ${charset})`);
      const isUnicode = /^(utf|ucs)/.test(charset);
      await lab.run(everyCharacter(`of_${charset}`, isUnicode ? 2 : 1));
      if (!isUnicode) await lab.run(everySequence(`of_${charset}`, charset, bytes));
    }
    const { records } = await lab.read(start, { format: 'flat', topicTemplate: '{{table}}' });
    for (const { charset } of sets) {
      const rows = await server.query<{ id: number; v: string }>(`SELECT id, v FROM ${lab.database}.of_${charset} ORDER BY id`);
      const logged = new Map(
        records.filter(({ topic }) => topic === `of_${charset}`).map((record) => [jsonOf(record).id, jsonOf(record).v]),
      );
      expect([charset, logged.size]).toEqual([charset, rows.length]);
      const different = rows.flatMap(({ id, v }) =>
        firstDifference(v, logged.get(id) ?? '').map((what) => `${charset}, row ${id}: ${what}`),
      );
      expect(different).toEqual([]);
    }
  }, 900_000);
});
