import type { ColumnSchema, TableMapEntry, TableMapEvent } from '@vlasky/zongji';

/** Type code of the binary log. */
const CHAR = 254;
/** MariaDB keeps a hash of each unique text in a column that queries do not show. MySQL has such columns for keys of expressions. */
const HIDDEN = /^(?:DB_ROW_HASH_\d+$|!hidden!)/;
/** Lengths of UUID and INET6, and of INET4. */
const ADDRESS_BYTES = new Set<unknown>([16, 4]);

/** What a sequence of MariaDB's is as a table. */
const SEQUENCE = [
  ...['next_not_cached_value', 'minimum_value', 'maximum_value', 'start_value', 'increment'],
  ...['cache_size', 'cycle_option', 'cycle_count'],
];

export const isHiddenName = (column: string): boolean => HIDDEN.test(column);

/** MariaDB's log does not tell UUIDs from other bytes, which tables keep their history, nor which columns are hidden. */
export function isAmbiguous(event: TableMapEvent): boolean {
  if (!event.hasSelfDescribingMetadata()) return false;
  const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
  return columns.some((_, index) => mayBeAddress(event, index)) || hasPeriod(columnSchemas) || hasHidden(columnSchemas);
}

/** UUID, INET6 or INET4. */
export function mayBeAddress(event: TableMapEvent, index: number): boolean {
  const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
  const { type, metadata } = columns[index] as (typeof columns)[number];
  return type === CHAR && (columnSchemas[index]?.COLUMN_TYPE.startsWith('binary') ?? false) && ADDRESS_BYTES.has(metadata?.max_length);
}

/** Whether a column of this type has values of so many bytes that are no text. */
export function fillsBytes(columnType: string, bytes: unknown): boolean {
  if (columnType === 'inet4') return bytes === 4;
  if (columnType === 'uuid' || columnType === 'inet6') return bytes === 16;
  return columnType === `binary(${bytes})`;
}

/** What MariaDB adds to tables that keep their history, unless they name it themselves. */
export const hasHistory = (columns: readonly ColumnSchema[]): boolean =>
  columns.at(-2)?.COLUMN_NAME === 'row_start' && columns.at(-1)?.COLUMN_NAME === 'row_end';

/** Beginning and end of a period are times or numbers of transactions, under any names. */
const hasPeriod = (columns: readonly ColumnSchema[]): boolean =>
  ['timestamp(6)', 'bigint unsigned'].some((type) => columns.filter(({ COLUMN_TYPE }) => COLUMN_TYPE === type).length >= 2);

const hasHidden = (columns: readonly ColumnSchema[]): boolean => columns.some(({ COLUMN_NAME }) => isHiddenName(COLUMN_NAME));

/** Whether columns are those of a sequence; a table may have the same. */
export const looksLikeSequence = (columns: readonly ColumnSchema[]): boolean =>
  columns.length === SEQUENCE.length && columns.every(({ COLUMN_NAME }, index) => COLUMN_NAME === SEQUENCE[index]);
