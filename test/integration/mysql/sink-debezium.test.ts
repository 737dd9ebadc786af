import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { parseAsWritten } from '../../../src/connectors/mysql/sink/exact-json.ts';
import { DebeziumEngine } from './debezium/engine.ts';
import { insertRows, TYPE_OF } from './debezium/every-type.ts';
import { MysqlLab } from './mysql-lab.ts';
import { MysqlSinkLab, queued } from './mysql-sink-lab.ts';

const LIMIT_MS = 300_000;
/** With all digits and bytes as they are. */
const PROPERTIES = { 'converter.schemas.enable': 'true', 'bigint.unsigned.handling.mode': 'precise' };
/** Debezium itself changes dates that no calendar has, commas in an ENUM, and zeros behind a BINARY. */
const CHANGED = /not null|^date null|^enum|^binary/;

/** What a column of each is made to be. Types that are not named are whole numbers, or texts. */
const MADE: ReadonlyArray<readonly [type: RegExp, made: RegExp]> = [
  [/^(tinyint|smallint|boolean)/, /^(tinyint|smallint|int)/],
  [/^(mediumint|int)/, /^(int|bigint)/],
  [/^bigint unsigned/, /^decimal\(\d+,0\)/],
  [/^bigint/, /^bigint/],
  [/^float/, /^(float|double)$/],
  [/^double/, /^double$/],
  [/^decimal\(30,10\)/, /^decimal\(30,10\)/],
  [/^decimal\(10,3\)/, /^decimal\(10,3\)/],
  [/^bit\(1\)/, /^tinyint\(1\)/],
  [/^bit/, /^bit\((12|64)\)/],
  [/^date$/, /^date$/],
  [/^time(\(\d\))?$/, /^time\(6\)/],
  [/^datetime(\([13]\))?$/, /^datetime\(3\)/],
  [/^datetime\(6\)/, /^datetime\(6\)/],
  [/^timestamp/, /^datetime\(6\)/],
  [/^year/, /^year/],
  [/blob|binary/, /^longblob/],
  [/^point/, /^point/],
  [/^geometry/, /^geometry/],
  [/./, /^longtext/],
];

/** How values of a type are compared, with what they are made to be. */
function comparable(column: string, type: string): string {
  if (/point|geometry/.test(type)) return `HEX(ST_AsWKB(${column}))`;
  if (/blob|binary/.test(type)) return `HEX(${column})`;
  if (/^bit/.test(type)) return `${column} + 0`;
  if (/char|text|^set|^json/.test(type)) return `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`;
  return column;
}

describe('rows of every type, as Debezium sends them with a schema', () => {
  let source: MysqlLab;
  let target: MysqlSinkLab;
  beforeAll(async () => {
    [source, target] = await Promise.all([MysqlLab.open('mariadb'), MysqlSinkLab.open('mariadb')]);
  });
  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    await target?.[Symbol.asyncDispose]();
  });

  it(
    'are the same in a table that the sink makes of them',
    async () => {
      const kept = Object.entries(TYPE_OF).filter(([, type]) => !CHANGED.test(type));
      await source.run(
        `CREATE TABLE every_type (id INT PRIMARY KEY, ${Object.entries(TYPE_OF).map((column) => column.join(' '))}); ${insertRows(0)}`,
      );
      const lost = Object.entries(TYPE_OF).filter(([, type]) => CHANGED.test(type));
      await source.run(`ALTER TABLE every_type ${lost.map(([column]) => `DROP COLUMN ${column}`)}`);
      const { address } = source.admin;
      await using engine = await DebeziumEngine.start({ address, database: source.database, name: 'typed', properties: PROPERTIES });
      await engine.line(/"snapshot":"last"/);
      await source.run('UPDATE every_type SET id = id + 100; DELETE FROM every_type WHERE id = 100');
      await engine.line(/"before":\{"id":100,.*"op":"d"/);
      const records = engine.lines.map((line): SinkRecord => {
        const { key, value } = parseAsWritten(line) as { key: unknown; value: unknown };
        return queued(value === null ? null : JSON.stringify(value), { key: Buffer.from(JSON.stringify(key)) });
      });
      await target.write(records, { schema: 'create' });

      const made = await target.admin.rows<{ name: string; type: string | Buffer }>(
        `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${target.database}' AND TABLE_NAME = 'every_type'`,
      );
      const typeOf = new Map(made.map(({ name, type }) => [name, String(type)]));
      expect(typeOf.size).toBe(kept.length + 1);
      for (const [column, type] of kept) {
        const [, expected] = MADE.find(([form]) => form.test(type)) as (typeof MADE)[number];
        expect(`${type} is ${typeOf.get(column)}`).toMatch(new RegExp(`is ${expected.source.replace('^', '')}`));
      }
      const differs = kept.map(
        ([column, type]) =>
          `SELECT '${type.replaceAll("'", '')}' AS type, COUNT(*) AS rows_, SUM(NOT (${comparable(`s.${column}`, type)} <=> ${comparable(`t.${column}`, type)})) AS differ
           FROM ${source.database}.every_type s JOIN ${target.database}.every_type t USING (id)`,
      );
      const results = await target.admin.rows<{ type: string; rows_: number; differ: string }>(`${differs.join(' UNION ALL ')}`);
      expect(results.filter(({ rows_, differ }) => rows_ !== 3 || Number(differ) !== 0)).toEqual([]);
      expect((await target.rows('SELECT id FROM $every_type ORDER BY id')).map(({ id }) => id)).toEqual([101, 102, 103]);
    },
    LIMIT_MS,
  );
});
