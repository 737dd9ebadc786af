import type { MysqlServer } from '../server.ts';
import { columnTypeOf } from './column-type.ts';
import type { Table } from './table.ts';

/** A table as the server has it now. */
export interface TableDefinition {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly columnType: string; readonly charset: string | null }>;
  /** Names, in the order of the key. */
  readonly primaryKey: readonly string[];
}

interface ColumnRow {
  readonly name: string;
  readonly columnType: string;
  readonly charset: string | null;
}

/** Undefined where there is no such table, or none that this user may see. */
export async function tableDefinition(server: MysqlServer, database: string, table: string): Promise<TableDefinition | undefined> {
  const columns = await server.query<ColumnRow>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS columnType, CHARACTER_SET_NAME AS charset
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  if (columns.length === 0) return undefined;
  const key = await server.query<{ name: string }>(
    `SELECT COLUMN_NAME AS name FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  return {
    columns: columns.map(({ columnType, ...column }) => ({ ...column, columnType: String(columnType) })),
    primaryKey: key.map(({ name }) => name),
  };
}

/** The table, as rows of it are read by queries now. */
export function definedTable(database: string, name: string, { columns, primaryKey }: TableDefinition): Table {
  return {
    database,
    name,
    columns: columns.map((column) => ({ name: column.name, type: columnTypeOf(column) })),
    primaryKey: primaryKey.map((key) => columns.findIndex((column) => column.name === key)),
  };
}
