import { type Column, fullName, type Table } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';
import { exactly, type Key, selected } from './key-values.ts';

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
