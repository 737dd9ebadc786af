import type { MysqlServer } from '../server/server.ts';
import type { IndexPart } from './key-in.ts';
import type { TableName } from './table-name.ts';

/** Which tables are asked about: all of these databases, or those of them with one of these names. */
export interface AskedTables {
  readonly databases: readonly string[];
  readonly tables?: readonly string[];
}

export interface StoredColumn extends TableName {
  readonly name: string;
  /** The server's own: `decimal(10,2) unsigned`. */
  readonly columnType: string;
  readonly charset: string | null;
  /** `PRI` of a column of the key. */
  readonly keyed: string;
}

/** Columns as they are now, as far as this user may see them, each table's in their order. */
export async function storedColumns(server: MysqlServer, asked: AskedTables): Promise<StoredColumn[]> {
  const { where, values } = condition(asked);
  const columns = await server.query<StoredColumn>(
    `SELECT TABLE_SCHEMA AS \`database\`, TABLE_NAME AS \`table\`, COLUMN_NAME AS name, COLUMN_TYPE AS columnType, CHARACTER_SET_NAME AS charset,
            COLUMN_KEY AS keyed
     FROM information_schema.COLUMNS WHERE ${where} ORDER BY ORDINAL_POSITION`,
    values,
  );
  return columns.map((column) => ({ ...column, columnType: String(column.columnType) }));
}

interface IndexRow extends TableName {
  readonly index: string;
  /** Null of an expression. */
  readonly column: string | null;
  readonly position: number | string;
  readonly nonUnique: number | string;
  readonly prefix: number | string | null;
}

/** Parts of all indexes, in the server's order. */
export async function storedIndexParts(server: MysqlServer, asked: AskedTables): Promise<Array<IndexPart & TableName>> {
  const { where, values } = condition(asked);
  const parts = await server.query<IndexRow>(
    `SELECT TABLE_SCHEMA AS \`database\`, TABLE_NAME AS \`table\`, INDEX_NAME AS \`index\`, COLUMN_NAME AS \`column\`, SEQ_IN_INDEX AS position,
            NON_UNIQUE AS nonUnique, SUB_PART AS prefix
     FROM information_schema.STATISTICS WHERE ${where}`,
    values,
  );
  return parts.map(({ nonUnique, column, ...part }) => ({ ...part, column: column ?? '', isUnique: Number(nonUnique) === 0 }));
}

function condition({ databases, tables }: AskedTables): { readonly where: string; readonly values: readonly unknown[] } {
  if (tables === undefined) return { where: 'TABLE_SCHEMA IN (?)', values: [databases] };
  return { where: 'TABLE_SCHEMA IN (?) AND TABLE_NAME IN (?)', values: [databases, tables] };
}

/** `BASE TABLE`, `SEQUENCE` and others; undefined where there is no such table, or none that this user may see. */
export const tableType = (server: MysqlServer, table: TableName): Promise<string | undefined> => askOf(server, 'TABLE_TYPE', table);

/** `InnoDB`, `MEMORY` and others; undefined likewise. */
export const tableEngine = (server: MysqlServer, table: TableName): Promise<string | null | undefined> => askOf(server, 'ENGINE', table);

/** When a table was made or last altered, in ms since 1970, to the second; undefined likewise. */
export async function alteredTime(server: MysqlServer, table: TableName): Promise<number | undefined> {
  const seconds = await askOf<number | string | null>(server, 'UNIX_TIMESTAMP(CREATE_TIME)', table);
  return seconds == null ? undefined : Number(seconds) * 1_000;
}

async function askOf<T>(server: MysqlServer, what: string, { database, table }: TableName): Promise<T | undefined> {
  const [row] = await server.query<{ value: T }>(
    `SELECT ${what} AS value FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [database, table],
  );
  return row?.value;
}
