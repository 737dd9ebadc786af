import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Key } from '../../../src/connectors/mysql/snapshot/key-values.ts';
import { splitTable } from '../../../src/connectors/mysql/snapshot/plan-ranges.ts';
import type { KeyRange } from '../../../src/connectors/mysql/snapshot/table-queries.ts';
import type { Table } from '../../../src/connectors/mysql/tables/table.ts';
import { SERVERS, SnapshotLab } from './snapshot-lab.ts';

/** Column types a key may have, with values as SQL; each list has neighbours that a careless comparison takes for one. */
const KEY_TYPES: Record<string, readonly string[]> = {
  INT: ['-2147483648', '-1', '0', '1', '7', '2147483647'],
  'BIGINT UNSIGNED': ['0', '9007199254740992', '9007199254740993', '18446744073709551614', '18446744073709551615'],
  'INT(6) UNSIGNED ZEROFILL': ['0', '9', '10', '99', '1000000'],
  'DECIMAL(30,10)': ['-1.5', '0', '0.0000000001', '0.0000000002', '12345678901234567890.1234567891'],
  FLOAT: ['-1.1', '0', '1.1', '1.1000001', '16777216', '3.4e38', '1e-30'],
  DOUBLE: ['-1e300', '0.1', '0.30000000000000004', '0.3', '1e-300'],
  DATE: ["'0000-00-00'", "'1000-01-01'", "'2024-02-29'", "'9999-12-31'"],
  'DATETIME(6)': ["'0000-00-00 00:00:00'", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'"],
  'TIMESTAMP(6)': ["'1970-01-01 00:00:01'", "'2024-03-31 01:30:00.5'", "'2024-03-31 02:30:00.25'"],
  'TIME(6)': ["'-838:59:59'", "'-00:00:00.000001'", "'00:00:00'", "'838:59:59'"],
  YEAR: ['0', '1901', '2155'],
  'CHAR(5) CHARACTER SET latin1': ["''", "'a'", "'é'", "'z'", "'\\\\'"],
  'VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci': ["''", "'a'", "'ä!'", "'b'", "'🚀'", "'日本'", `'"''%'`],
  'VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin': ["'A'", "'a'", "'B'", "'b'"],
  'VARCHAR(20) CHARACTER SET sjis': ["'ソ'", "'表'", "'a'", "'~'"],
  'VARCHAR(20) CHARACTER SET utf16': ["'a'", "'b'", "'é'"],
  'BINARY(4)': ["x'00000000'", "x'00000001'", "x'ff'", "x'27000000'"],
  'VARBINARY(10)': ["x''", "x'00'", "x'0000'", "x'5c27'", "x'ffff'"],
  "ENUM('b','a','10')": ["'b'", "'a'", "'10'"],
  "SET('b','a')": ["''", "'b'", "'a'", "'b,a'"],
  'BIT(40)': ["b'0'", "b'1'", "b'1111111111111111111111111111111111111111'"],
};
const MARIADB_ONLY: Record<string, readonly string[]> = {
  UUID: ["'00000000-0000-0000-0000-000000000000'", "'123e4567-e89b-12d3-a456-426655440000'", "'ffffffff-e89b-12d3-a456-426655440000'"],
  INET6: ["'::'", "'::1'", "'2001:db8::ff00:42:8329'"],
};

describe.each(SERVERS)('ranges of a table on %s', (name) => {
  let lab: SnapshotLab;
  beforeAll(async () => {
    lab = await SnapshotLab.open(name);
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });
  const types = Object.entries({ ...KEY_TYPES, ...(name === 'mariadb' ? MARIADB_ONLY : {}) });

  /** Every key of the ranges, read in chunks of `limit`. */
  async function keysOf(table: Table, ranges: readonly KeyRange[], limit: number): Promise<Key[]> {
    const keys: Key[] = [];
    for (const { after, upTo } of ranges) {
      let from = after;
      for (let read = limit; read === limit; ) {
        const chunk = await lab.keys(table, { ...(from && { after: from }), ...(upTo && { upTo }) }, limit);
        read = chunk.length;
        keys.push(...chunk);
        from = keys.at(-1) ?? after;
      }
    }
    return keys;
  }

  it.each(types)('have each row once, in the order of the key: %s', async (type, values) => {
    await lab.admin.query(`CREATE TABLE one (k ${type} PRIMARY KEY); INSERT INTO one VALUES ${values.map((value) => `(${value})`)}`);
    try {
      const table = await lab.table('one');
      const whole = await lab.keys(table, {}, 100);
      expect(whole).toHaveLength(values.length);
      for (const rangeRows of [1, 2, 100]) expect(await keysOf(table, await splitTable(lab.query, table, rangeRows), 2)).toEqual(whole);
    } finally {
      await lab.admin.query('DROP TABLE one');
    }
  });

  it('have each row once, whatever columns a key is made of', async () => {
    const column = fc
      .constantFrom(...types)
      .chain(([type, values]) => fc.record({ type: fc.constant(type), values: fc.shuffledSubarray([...values], { minLength: 1 }) }));
    const options = fc.record({
      columns: fc.array(column, { minLength: 2, maxLength: 3 }),
      rangeRows: fc.integer({ min: 1, max: 40 }),
      limit: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ columns, rangeRows, limit }) => {
        const rows = columns.reduce<string[][]>(
          (tuples, { values }) => tuples.flatMap((tuple) => values.map((value) => [...tuple, value])),
          [[]],
        );
        const definitions = columns.map(({ type }, index) => `k${index} ${type}`);
        const key = columns.map((_, index) => `k${index}`);
        await lab.admin.query(`DROP TABLE IF EXISTS many; CREATE TABLE many (${[...definitions, `PRIMARY KEY (${key})`]})`);
        await lab.admin.query(`INSERT INTO many VALUES ${rows.map((row) => `(${row})`)}`);
        const table = await lab.table('many');
        const whole = await lab.keys(table, {}, 1_000);
        expect(whole).toHaveLength(rows.length);
        expect(await keysOf(table, await splitTable(lab.query, table, rangeRows), limit)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  }, 900_000);

  const FILLED = {
    'numbers with a gap': ['INT', 'n + IF(n < 5000, 0, 1000000)'],
    'numbers and a second column': ['INT', 'n DIV 100', 'n'],
    'few numbers and a second column': ['INT', 'n DIV 5000', 'n'],
    texts: ['VARCHAR(40)', 'SHA1(n)'],
    'texts and a second column': ['VARCHAR(40)', "CONCAT('tenant ', n DIV 2000)", 'n'],
  };
  it.each(Object.entries(FILLED))(
    'hold about the rows that they should, and cost no more than these: %s',
    async (_, [type, first, second]) => {
      const columns = second === undefined ? 'a' : 'a, b';
      await lab.admin.query(`CREATE TABLE filled (a ${type}, b INT, c INT, PRIMARY KEY (${columns}), KEY (c))`);
      try {
        const values = Array.from({ length: 10_000 }, (_, n) => n);
        await lab.admin.query('CREATE TEMPORARY TABLE numbers (n INT)');
        await lab.admin.query('INSERT INTO numbers VALUES ?', [values.map((n) => [n])]);
        await lab.admin.query(`INSERT INTO filled SELECT ${first}, ${second ?? 'n'}, n FROM numbers; ANALYZE TABLE filled`);
        const table = await lab.table('filled');
        const ranges = await splitTable(lab.query, table, 1_000);
        expect(ranges.length).toBeGreaterThanOrEqual(second !== undefined && type === 'INT' && first?.includes('5000') ? 2 : 7);
        const before = await rowsRead();
        const middle = ranges[Math.floor(ranges.length / 2)] as KeyRange;
        await lab.keys(table, middle, 100);
        expect((await rowsRead()) - before).toBeLessThan(120);
        const counts = await Promise.all(ranges.map(async (range) => (await lab.keys(table, range, 100_000)).length));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
        expect(Math.max(...counts)).toBeLessThan(2 * Math.max(1_000, second !== undefined && first?.includes('5000') ? 5_000 : 0));
      } finally {
        await lab.admin.query('DROP TABLE filled; DROP TEMPORARY TABLE IF EXISTS numbers');
      }
    },
  );

  /** Rows that the connector's session has read so far. */
  async function rowsRead(): Promise<number> {
    const rows = await lab.server.query<{ Value: string }>(
      "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')",
    );
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  }
});
