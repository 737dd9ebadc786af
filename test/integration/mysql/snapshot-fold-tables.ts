import fc from 'fast-check';

/** A table whose rows are known by a number `n`, which makes their keys. */
interface FoldTable {
  /** Columns of the primary key, and what they hold, in SQL. */
  readonly key: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  /** Holds letters whose case the collation does not tell apart. */
  readonly caseless?: string;
}

const tables = {
  narrow: { key: { id: { type: 'INT', value: 'n' } } },
  wide: { key: { a: { type: 'VARCHAR(10)', value: "CONCAT('k', n DIV 100)" }, b: { type: 'INT', value: 'n MOD 100' } } },
  words: {
    key: {
      word: {
        type: 'VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
        value: "CONCAT(ELT(n MOD 3 + 1, 'Straße', 'é a', '😀'), n)",
      },
    },
    caseless: 'word',
  },
  plain: {
    key: {
      name: { type: 'VARCHAR(30)', value: "CONCAT('Übel', n MOD 7)" },
      day: { type: 'DATE', value: "DATE_ADD('2001-01-01', INTERVAL n DIV 7 DAY)" },
    },
    caseless: 'name',
  },
  big: { key: { id: { type: 'BIGINT UNSIGNED', value: '18446744073709551615 - n' } } },
  raw: { key: { bytes: { type: 'VARBINARY(8)', value: "UNHEX(LPAD(HEX(n * 2654435761 MOD 4294967296), 8, '0'))" } } },
} satisfies Record<string, FoldTable>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];

/** Rows of `count` numbers from `from` on, changed in one statement. */
export interface Change {
  readonly table: TableName;
  readonly kind: 'insert' | 'replace' | 'update' | 'delete' | 'move' | 'recase';
  readonly from: number;
  readonly count: number;
}

export const NUMBERS = 3_000;
const LARGEST = 50_000;

export const changes: fc.Arbitrary<Change> = fc.record({
  table: fc.constantFrom(...tableNames),
  kind: fc.constantFrom('insert', 'insert', 'replace', 'update', 'update', 'delete', 'move', 'recase'),
  from: fc.nat(NUMBERS),
  count: fc.oneof(
    { weight: 32, arbitrary: fc.integer({ min: 1, max: 30 }) },
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
    { weight: 1, arbitrary: fc.constant(LARGEST) },
  ),
});

export function createStatement(name: TableName): string {
  const { key } = tables[name] as FoldTable;
  const columns = Object.entries(key).map(([column, { type }]) => `${column} ${type} NOT NULL`);
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')}, n INT, text VARCHAR(40), PRIMARY KEY (${Object.keys(key).join(', ')}), KEY (n))`;
}

/** `text`: what the rows hold then. */
export function changeStatement({ table: name, kind, from, count }: Change, text: string): string {
  const { key, caseless }: FoldTable = tables[name];
  const where = `WHERE n BETWEEN ${from} AND ${from + count - 1}`;
  const values = Object.entries(key).map(([column, { value }]) => ({ column, value }));
  switch (kind) {
    case 'insert':
    case 'replace':
      return `${kind === 'insert' ? 'INSERT IGNORE' : 'REPLACE'} INTO ${name} (${values.map(({ column }) => column).join(', ')}, n, text)
        SELECT ${values.map(({ value }) => value).join(', ')}, n, '${text}' FROM (${numbers(from, count)}) AS numbers ${where}`;
    case 'update':
      return `UPDATE ${name} SET text = '${text}' ${where}`;
    case 'delete':
      return `DELETE FROM ${name} ${where}`;
    case 'move':
      // From left to right: the key is of the new number.
      return `UPDATE IGNORE ${name} SET n = n + 1000, ${values.map(({ column, value }) => `${column} = ${value}`).join(', ')}, text = '${text}' ${where}`;
    case 'recase':
      return caseless === undefined
        ? `UPDATE ${name} SET text = '${text}' ${where}`
        : `UPDATE ${name} SET ${caseless} = IF(BINARY ${caseless} = BINARY UPPER(${caseless}), LOWER(${caseless}), UPPER(${caseless})), text = '${text}' ${where}`;
  }
}

/** SQL of at least `count` numbers from `from` on. */
function numbers(from: number, count: number): string {
  const places = String(count - 1).length;
  const digits = `(SELECT ${Array.from({ length: 10 }, (_, digit) => `${digit} AS d`).join(' UNION ALL SELECT ')})`;
  const sum = Array.from({ length: places }, (_, place) => `p${place}.d * ${10 ** place}`).join(' + ');
  return `SELECT ${from} + ${sum} AS n FROM ${Array.from({ length: places }, (_, place) => `${digits} AS p${place}`).join(', ')}`;
}

export const keyColumns = (name: TableName): Array<{ readonly name: string; readonly isText: boolean }> =>
  Object.entries(tables[name].key as FoldTable['key']).map(([column, { type }]) => ({ name: column, isText: type.startsWith('VARCHAR') }));
