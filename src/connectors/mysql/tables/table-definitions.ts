import type { MysqlServer } from '../server/server.ts';
import { columnTypeOf } from './column-type.ts';
import { keyIn } from './key-in.ts';
import type { Table } from './table.ts';

/** A table as the server has it now. */
export interface TableDefinition {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly columnType: string; readonly charset: string | null }>;
  /** Names, in the order of the key; see `keyIn`. */
  readonly primaryKey: readonly string[];
}

interface ColumnRow {
  readonly name: string;
  readonly columnType: string;
  readonly charset: string | null;
  readonly keyed: string;
}

interface IndexRow {
  readonly index: string;
  /** Null of an expression. */
  readonly column: string | null;
  readonly position: number | string;
  readonly nonUnique: number | string;
  readonly prefix: number | string | null;
}

/** Undefined where there is no such table, or none that this user may see. */
export async function tableDefinition(server: MysqlServer, database: string, table: string): Promise<TableDefinition | undefined> {
  const columns = await server.query<ColumnRow>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS columnType, CHARACTER_SET_NAME AS charset, COLUMN_KEY AS keyed
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  if (columns.length === 0) return undefined;
  const parts = await server.query<IndexRow>(
    `SELECT INDEX_NAME AS \`index\`, COLUMN_NAME AS \`column\`, SEQ_IN_INDEX AS position, NON_UNIQUE AS nonUnique, SUB_PART AS prefix
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [database, table],
  );
  const key = keyIn(
    columns.filter(({ keyed }) => keyed === 'PRI').map(({ name }) => name),
    parts.map(({ nonUnique, column, ...part }) => ({ ...part, column: column ?? '', isUnique: Number(nonUnique) === 0 })),
  );
  return {
    columns: columns.map(({ name, columnType, charset }) => ({ name, charset, columnType: String(columnType) })),
    primaryKey: key?.columns ?? [],
  };
}

/** `BASE TABLE`, `SEQUENCE` and others; undefined as above. */
export async function tableType(server: MysqlServer, database: string, table: string): Promise<string | undefined> {
  const [row] = await server.query<{ type: string }>(
    'SELECT TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [database, table],
  );
  return row?.type;
}

/** When a table was made or last altered, in ms since 1970, to the second. Undefined as above. */
export async function alteredTime(server: MysqlServer, database: string, table: string): Promise<number | undefined> {
  const [row] = await server.query<{ seconds: number | string | null }>(
    'SELECT UNIX_TIMESTAMP(CREATE_TIME) AS seconds FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [database, table],
  );
  return row?.seconds == null ? undefined : Number(row.seconds) * 1_000;
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
