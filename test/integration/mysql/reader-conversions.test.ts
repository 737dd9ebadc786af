import path from 'node:path';
import { expect, it, jest } from '@jest/globals';
import type { ServerName } from './mysql-lab.ts';

/** What the reader of the log converts texts by. Deployed functions have a copy that converts nothing: `infra/serverless/bundle/mysql.ts`. */
const reader = path.resolve('node_modules/@vlasky/zongji/node_modules/iconv-lite/lib/index.js');
const decode = jest.fn(() => 'converted by the reader');
jest.unstable_mockModule(reader, () => ({ default: { decode } }));
const { jsonOf, keyOf, MysqlLab } = await import('./mysql-lab.ts');

const LETTERS = ['ü', 'Ж', 'ω', '漢', 'あ', '가', 'ش', 'ש', 'ก', 'ա', 'ა', 'a'];

it.each<[ServerName, number]>([
  ['mariadb', 1],
  // Its log does not hold the members of enums and sets.
  ['mysql56', 0],
])('uses nothing that the reader converts: keys, texts, enums and sets of each character set of %s', async (name, conversions) => {
  await using lab = await MysqlLab.open(name);
  const sets = await lab.admin.rows<{ charset: string }>(
    "SELECT CHARACTER_SET_NAME AS charset FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary'",
  );
  const start = await lab.now();
  const expected = new Map<string, object>();
  for (const { charset } of sets) {
    const back = LETTERS.map((letter, index) => `CONVERT(CONVERT(_utf8mb4'${letter}' USING ${charset}) USING utf8mb4) AS l${index}`);
    const [row = {}] = await lab.admin.rows<Record<string, string>>(`SELECT ${back.join(', ')}`);
    const letter = LETTERS.find((one, index) => row[`l${index}`] === one);
    const [first, second] = [`${letter}`, `b${letter}`];
    const members = `'${first}', '${second}'`;
    await lab.run(`CREATE TABLE of_${charset} (k VARCHAR(9) PRIMARY KEY, g POINT, v VARCHAR(9), c CHAR(9), t TEXT, b BLOB, r VARBINARY(9),
      e ENUM(${members}), s SET(${members})) CHARACTER SET ${charset}`);
    await lab.run(
      `INSERT INTO of_${charset} VALUES ('${first}', POINT(1, 2), '${first}', '${first}', '${first}', x'ff00', x'ff00', '${second}', '${first},${second}')`,
    );
    const [stored] = await lab.admin.rows<{ k: string }>(`SELECT k, v, c, t, e, s FROM ${lab.database}.of_${charset}`);
    expect([charset, stored]).toMatchObject([charset, { k: first, v: first, c: first, t: first }]);
    expected.set(`of_${charset}`, { key: JSON.stringify({ k: first }), value: { ...stored, b: '/wA=', r: '/wA=' } });
  }
  decode.mockClear();
  const { records } = await lab.read(start, { format: 'flat', topicTemplate: '{{table}}' });
  const found = records.map((record) => {
    const { g, __op, ...value } = jsonOf(record);
    return [record.topic, { key: keyOf(record), value }] as const;
  });
  expect(new Map(found)).toEqual(expected);
  // Otherwise it would prove nothing.
  expect(decode.mock.calls.length).toBeGreaterThanOrEqual(conversions);
});
