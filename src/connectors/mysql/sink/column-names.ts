import { ConnectError } from '../../../api/index.ts';
import type { JsonRow, RowChange } from './row-change.ts';

/** Names of columns, by the names that fields have in records. */
export type ColumnNames = Readonly<Record<string, string>>;

/** Returns the change with the names of columns instead of fields. Throws RECORD_REFUSED where two fields become one column. */
export function withColumnNames(change: RowChange, names: ColumnNames): RowChange {
  const nameOf = (field: string) => (Object.hasOwn(names, field) ? (names[field] as string) : field);
  const renamed = <V>(entries: Iterable<readonly [string, V]>): Map<string, V> => {
    const columns = new Map<string, V>();
    for (const [field, value] of entries) {
      const column = nameOf(field);
      if (columns.has(column)) throw twice(column);
      columns.set(column, value);
    }
    return columns;
  };
  const rowOf = (row: JsonRow): JsonRow => Object.fromEntries(renamed(Object.entries(row)));
  const { row, before, key, types } = change;
  return { ...change, row: rowOf(row), before: before && rowOf(before), key: rowOf(key), types: renamed(types) };
}

const twice = (column: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', `two of its fields are column ${column}`, {
    remedy: 'correct sink.renameColumns',
  });
