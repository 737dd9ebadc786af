import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { columnValues } from './column-values.ts';
import { MysqlLab, type ServerName } from './mysql-lab.ts';
import { expectedJson, textOf } from './server-text.ts';
import { content, readSnapshot } from './snapshot-as-log.ts';

/** Types whose values can tell rows apart, short enough for an index of any server. */
const KEYS = new Set([
  ...['tinyint', 'int', 'bigint', 'bigint unsigned', 'decimal(30,10)', 'date', 'time(3)', 'datetime(3)', 'timestamp(6) null', 'year'],
  ...['char(20)', 'varchar(20) charset latin1', 'varchar(20) charset ucs2', 'binary(8)', "enum('a','b,c','it''s','ü')"],
]);
/** Their form is not a text of the server's. */
const WITHOUT_TEXT = /^(point|geometry)/;

interface RandomTable {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>;
  readonly key: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

function randomTables(server: ServerName): fc.Arbitrary<RandomTable> {
  const all = Object.keys(columnValues[server]).filter((type) => !WITHOUT_TEXT.test(type));
  return fc.shuffledSubarray(all, { minLength: 1, maxLength: 12 }).chain((types) => {
    const columns = types.map((type, index) => ({ name: ['__proto__', 'constructor', 'a.b', 'ü'][index] ?? `c${index}`, type }));
    const keys = columns.filter(({ type }) => KEYS.has(type)).map(({ name }) => name);
    const value = (type: string, name: string, key: readonly string[]) => {
      const values = columnValues[server][type] as fc.Arbitrary<string>;
      return key.includes(name) ? values : fc.option(values, { freq: 6, nil: 'NULL' });
    };
    return fc.subarray(keys, { maxLength: Math.min(3, keys.length) }).chain((key) =>
      fc.record({
        columns: fc.constant(columns),
        key: fc.constant(key),
        rows: fc.array(fc.tuple(...columns.map(({ type, name }) => value(type, name, key))), { minLength: 1, maxLength: 12 }),
      }),
    );
  });
}

const quoted = (name: string): string => `\`${name}\``;

/** Members of a JSON object, each as it is written: parsed, numbers would lose digits. */
function membersOf(record: SourceRecord): Map<string, string> {
  const found = new Map<string, string>();
  JSON.parse(content(record).value ?? '{}', (name, value, context?: { readonly source?: string }) => {
    if (context?.source !== undefined && name !== '__op')
      found.set(name, typeof value === 'string' ? JSON.stringify(value) : context.source);
    return value;
  });
  return found;
}

const byNumber = (records: readonly SourceRecord[]) => new Map(records.map((record) => [membersOf(record).get('n'), record]));

describe.each<ServerName>(['mariadb', 'mysql56'])('a random table of %s', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  async function rowsAsTexts({ columns }: RandomTable): Promise<Array<Record<string, string | null>>> {
    const texts = columns.map(({ name, type }, index) => `${textOf(type, quoted(name))} AS t${index}`);
    return lab.admin.rows(`SELECT CAST(n AS CHAR) AS n, ${texts} FROM ${lab.database}.t`);
  }

  it('gives the same rows by snapshot and log, and both what the server itself says of them', async () => {
    await fc.assert(
      fc.asyncProperty(randomTables(server), async (table) => {
        const { columns, key, rows } = table;
        const primary = key.length === 0 ? '' : `, PRIMARY KEY (${key.map(quoted)})`;
        const definitions = columns.map(({ name, type }) => `${quoted(name)} ${type}${key.includes(name) ? ' NOT NULL' : ''}`);
        await lab.run(`DROP TABLE IF EXISTS t; CREATE TABLE t (n INT, ${definitions}${primary}) CHARSET utf8mb4`);
        const start = await lab.now();
        await lab.run(`INSERT IGNORE INTO t VALUES ${rows.map((values, n) => `(${[n, ...values]})`)}`);
        const { records } = await lab.read(start, { format: 'flat' });
        const [stream, snapshot] = [byNumber(records), byNumber(await readSnapshot(lab))];
        const texts = await rowsAsTexts(table);
        expect([stream.size, snapshot.size]).toEqual([texts.length, texts.length]);
        for (const row of texts) {
          const [streamed, read] = [stream.get(row.n as string), snapshot.get(row.n as string)];
          expect(streamed && content(streamed)).toEqual(read && content(read));
          const members = membersOf(streamed as SourceRecord);
          for (const [index, { name, type }] of columns.entries()) {
            const text = row[`t${index}`] ?? null;
            expect([type, members.get(name)]).toEqual([type, text === null ? 'null' : expectedJson(type, text)]);
          }
        }
      }),
      { numRuns: 8 },
    );
  }, 900_000);
});
