import type { MysqlServer } from '../server/server.ts';
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

/** A part of an index, as `information_schema.STATISTICS` has it. */
export interface IndexPart {
  readonly index: string;
  readonly column: string;
  /** In its index, from 1. */
  readonly position: number | string;
  readonly isUnique: boolean;
  /** Of the column's beginning only; null of all of it. */
  readonly prefix: number | string | null;
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
export async function storedIndexParts(server: Pick<MysqlServer, 'query'>, asked: AskedTables): Promise<Array<IndexPart & TableName>> {
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

export interface ListedTable extends TableName {
  /** `BASE TABLE`, `SEQUENCE` and others. */
  readonly type: string;
  /** About how many rows it has, as the server guesses; null of a table that is damaged. Absent where that was not asked for. */
  readonly guess?: number | string | null;
}

/**
 * All tables of these types, as far as this user may see them, in the order of their names. `guesses`: with a guess of their rows, for which
 * the server opens each table.
 */
export const listTables = (server: MysqlServer, types: readonly string[], guesses = false): Promise<ListedTable[]> =>
  server.query<ListedTable>(
    `SELECT TABLE_SCHEMA AS \`database\`, TABLE_NAME AS \`table\`, TABLE_TYPE AS type${guesses ? ', TABLE_ROWS AS guess' : ''}
     FROM information_schema.TABLES WHERE TABLE_TYPE IN (?) ORDER BY TABLE_SCHEMA, TABLE_NAME`,
    [types],
  );

export interface ForeignKey extends TableName {
  /** What becomes of the table's rows where the row that they name changes: `CASCADE`, `SET NULL` and others. */
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** Of all tables of these databases. */
export const foreignKeys = (server: MysqlServer, databases: readonly string[]): Promise<ForeignKey[]> =>
  server.query<ForeignKey>(
    `SELECT CONSTRAINT_SCHEMA AS \`database\`, TABLE_NAME AS \`table\`, UPDATE_RULE AS onUpdate, DELETE_RULE AS onDelete
     FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA IN (?)`,
    [databases],
  );

/** The most bytes that a character takes, by character set. */
export async function charsetBytes(server: MysqlServer): Promise<ReadonlyMap<string, number>> {
  const rows = await server.query<{ name: string; bytes: number }>(
    'SELECT CHARACTER_SET_NAME AS name, MAXLEN AS bytes FROM information_schema.CHARACTER_SETS',
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

/** Character sets by the number of their collation. MariaDB has collations that are one for each character set, and numbers them in another table. */
export async function collationCharsets(server: MysqlServer): Promise<ReadonlyMap<number, string>> {
  const [numbered] = await server.query(
    `SELECT 1 FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'COLLATION_CHARACTER_SET_APPLICABILITY' AND COLUMN_NAME = 'ID'`,
  );
  const from = numbered === undefined ? 'COLLATIONS' : 'COLLATION_CHARACTER_SET_APPLICABILITY';
  const rows = await server.query<{ id: number | string; charset: string }>(
    `SELECT ID AS id, CHARACTER_SET_NAME AS charset FROM information_schema.${from} WHERE ID IS NOT NULL`,
  );
  return new Map(rows.map(({ id, charset }) => [Number(id), charset]));
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
