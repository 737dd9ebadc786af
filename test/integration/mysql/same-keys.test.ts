import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digitsOf } from '../../../src/connectors/mysql/values/same-keys.ts';
import { MysqlLab, type ServerName } from './mysql-lab.ts';

/**
 * Letters, signs and digits that collations take for others, ignore or put together. No digits beyond U+FFFF: some collations take them for the
 * ten digits, and others for emoji.
 */
const NASTY = [
  ...[
    'a',
    'A',
    'á',
    'å',
    'aa',
    'ä',
    'ae',
    'æ',
    'Æ',
    's',
    'ss',
    'ß',
    'o',
    'ø',
    'oe',
    'œ',
    'i',
    'ı',
    'İ',
    'l',
    'ł',
    'd',
    'đ',
    'th',
    'þ',
    'ch',
    'c',
  ],
  ...['1', '１', '¹', '①', '١', '१', '2', '۲', '½', '0', '٠', '9', '߉', 'Ⅸ', '²'],
  ...[' ', '  ', '-', "'", '.', '\u0001', '\u00ad', '\u200b', '\u0301', 'か', 'カ', 'が', 'е', 'ё', 'Σ', 'ς', '🍣', '🍺', '中', '한'],
];

describe.each<ServerName>(['mariadb', 'mysql56'])('texts that %s takes for one', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('have one ordering key, by every collation that it has', async () => {
    const texts = [...NASTY, ...NASTY.map((text) => `x${text}7`), ...NASTY.map((text) => `${text}3 `), 'x7', '3', ''];
    await lab.run('CREATE TABLE texts (n INT PRIMARY KEY, t VARCHAR(20)) CHARACTER SET utf8mb4');
    await lab.run(`INSERT INTO texts VALUES ${texts.map((text, n) => `(${n}, x'${Buffer.from(text).toString('hex')}')`).join(',')}`);
    const collations = await lab.admin.rows<{ name: string }>(
      "SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE CHARACTER_SET_NAME = 'utf8mb4'",
    );
    expect(collations.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    let same = 0;
    for (const { name } of collations) {
      const pairs = await lab.admin.rows<{ a: number; b: number }>(
        `SELECT a.n AS a, b.n AS b FROM ${lab.database}.texts a JOIN ${lab.database}.texts b ON a.n < b.n AND a.t COLLATE ${name} = b.t COLLATE ${name}`,
      );
      for (const { a, b } of pairs) {
        const [one, other] = [texts[a], texts[b]] as [string, string];
        same += 1;
        if (digitsOf(JSON.stringify({ k: one })) !== digitsOf(JSON.stringify({ k: other }))) wrong.push(`${name}: ${one} = ${other}`);
      }
    }
    expect(same).toBeGreaterThan(1_000);
    expect([...new Set(wrong)]).toEqual([]);
  });
});
