import { type Column, fullName, type Table } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';
import { exactly, type Key, literalOf, selected } from './key-values.ts';

/** A row in the bytes of the text protocol. */
export type QueryRow = ReadonlyArray<Buffer | null>;

/** Runs one statement, outside any transaction. */
export type Query = (sql: string) => Promise<readonly QueryRow[]>;

/** Columns of the key, in its order. */
export const keyColumns = ({ columns, primaryKey }: Table): Column[] => primaryKey.map((index) => columns[index] as Column);

/** The table as the order of its key is read from: without a sort, whatever other index the server prefers. */
export const inKeyOrder = ({ database, name, keyIndex = 'PRIMARY' }: Table): string =>
  `${quoteName(database, name)} FORCE INDEX (${quoteName(keyIndex)})`;

export const orderByKey = (table: Table, direction: 'ASC' | 'DESC' = 'ASC'): string =>
  `ORDER BY ${keyColumns(table)
    .map(({ name }) => `${quoteName(name)} ${direction}`)
    .join(', ')}`;

/** Select list of the key; `keyAt` reads it. */
export const selectKey = (table: Table): string =>
  keyColumns(table)
    .map((column) => selected(exactly(column), column.name))
    .join(', ');

/** The key in a row that has it from column `from` on. */
export function keyAt(table: Table, row: QueryRow, from: number): Key {
  return table.primaryKey.map((_, index) => {
    const bytes = row[from + index];
    if (bytes === null || bytes === undefined) throw new Error(`a row of ${fullName(table)} has no key`);
    return bytes.toString('latin1');
  });
}

/** Rows after `after`, up to and with `upTo`, each a key or its first columns. Absent: from the first, to the last. */
export interface KeyRange {
  readonly after?: Key;
  readonly upTo?: Key;
}

/**
 * The range as a condition on the columns of the key, `TRUE` where it has no bounds. Spelled out column by column, because
 * for `(a, b) > (1, 2)` servers read the whole index.
 */
export function rangeCondition(columns: readonly Column[], { after, upTo }: KeyRange): string {
  const bounds = [
    ...(after === undefined ? [] : [bound(columns, after, '>', '>')]),
    ...(upTo === undefined ? [] : [bound(columns, upTo, '<', '<=')]),
  ];
  return bounds.length === 0 ? 'TRUE' : bounds.join(' AND ');
}

/** `(a > 1 OR (a = 1 AND b > 2))`; the last column of the key is compared by `last`. */
function bound(columns: readonly Column[], [value, ...values]: Key, comparison: '<' | '>', last: '<=' | '>'): string {
  const [column, ...rest] = columns as [Column];
  const name = quoteName(column.name);
  const literal = literalOf(column, value as string);
  if (values.length === 0) return `${name} ${last} ${literal}`;
  return `(${name} ${comparison} ${literal} OR (${name} = ${literal} AND ${bound(rest, values, comparison, last)}))`;
}

/** Hands on the rows of one statement as they come, until `onRow` returns false. */
export type EachRow = (sql: string, onRow: (row: QueryRow) => boolean) => Promise<void>;

/**
 * Hands on the first `limit` rows of a range, in the order of the key, from one statement that locks nothing: fewer are the last
 * ones, unless `onRow` returned false. Rows have the table's columns, as `TableWriter.fromQuery` takes them, then those of the key, for `keyAt`. Columns that are not
 * `shown` come as null.
 */
export function readChunk(
  eachRow: EachRow,
  table: Table,
  range: KeyRange,
  limit: number,
  shown: (column: string) => boolean,
  onRow: (row: QueryRow) => boolean,
): Promise<void> {
  const select = [...selectColumns(table, shown), selectKey(table)].join(', ');
  const from = `${inKeyOrder(table)} WHERE ${rangeCondition(keyColumns(table), range)}`;
  return eachRow(`SELECT ${select} FROM ${from} ${orderByKey(table)} LIMIT ${limit}`, onRow);
}

export function selectColumns({ columns }: Table, shown: (column: string) => boolean): string[] {
  return columns.map(({ name, type }: Column) => {
    if (!shown(name)) return 'NULL';
    // Shown as itself, a FLOAT has six digits of seven to nine.
    return type.kind === 'float' ? `${quoteName(name)} + 0e0` : selected(quoteName(name), name);
  });
}
