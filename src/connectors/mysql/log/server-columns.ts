import type { ColumnSchema } from '@vlasky/zongji';

/** What a sequence of MariaDB's is as a table. */
const SEQUENCE = [
  ...['next_not_cached_value', 'minimum_value', 'maximum_value', 'start_value', 'increment'],
  ...['cache_size', 'cycle_option', 'cycle_count'],
];

/** Whether columns are those of a sequence; a table may have the same. */
export const looksLikeSequence = (columns: readonly ColumnSchema[]): boolean =>
  columns.length === SEQUENCE.length && columns.every(({ COLUMN_NAME }, index) => COLUMN_NAME === SEQUENCE[index]);
