import type { Column, Table } from '../columns/table.ts';
import { type KeyRange, rangeCondition } from './key-range.ts';
import { type Key, quoteName } from './key-values.ts';
import { inKeyOrder, keyAt, keyColumns, orderByKey, type Query, type QueryRow, selectKey } from './keyed-table.ts';

export interface ChunkRow {
  readonly key: Key;
  /** Columns of the table, as `TableWriter.fromQuery` takes them. */
  readonly values: QueryRow;
}

/**
 * The first `limit` rows of a range, in the order of the key, in one statement that locks nothing: fewer are the last ones.
 * Columns that are not `shown` come as null.
 */
export async function readChunk(
  query: Query,
  table: Table,
  range: KeyRange,
  limit: number,
  shown: (column: string) => boolean,
): Promise<ChunkRow[]> {
  const select = [...selectColumns(table, shown), selectKey(table)].join(', ');
  const rows = await query(
    `SELECT ${select} FROM ${inKeyOrder(table)} WHERE ${rangeCondition(keyColumns(table), range)} ${orderByKey(table)} LIMIT ${limit}`,
  );
  return rows.map((values) => ({ key: keyAt(table, values, table.columns.length), values }));
}

export function selectColumns({ columns }: Table, shown: (column: string) => boolean): string[] {
  return columns.map(({ name, type }: Column) => {
    if (!shown(name)) return 'NULL';
    // Shown as itself, a FLOAT has six digits of seven to nine.
    return type.kind === 'float' ? `${quoteName(name)} + 0e0` : quoteName(name);
  });
}
