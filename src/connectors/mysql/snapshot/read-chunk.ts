import type { Column, Table } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';
import { type KeyRange, rangeCondition } from './key-range.ts';
import { selected } from './key-values.ts';
import { inKeyOrder, keyColumns, orderByKey, type QueryRow, selectKey } from './keyed-table.ts';

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
