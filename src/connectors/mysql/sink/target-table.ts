import { ConnectError } from '../../../api/index.ts';
import { storedIndexParts } from '../tables/information-schema.ts';
import { type ColumnType, columnTypeOf } from '../tables/table.ts';
import { keyIn } from '../tables/table-definitions.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';

export interface Queries {
  query<T>(sql: string, values?: readonly unknown[]): Promise<T[]>;
}

export interface TargetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The server's own: `decimal(10,2) unsigned`. */
  readonly columnType: string;
  /** Digits behind the point of a DECIMAL. */
  readonly scale: number;
  /** A row that is added has to name it. */
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  /** The server computes it. */
  readonly isGenerated: boolean;
}

/** A table as it is written. */
export interface TargetTable extends TableName {
  readonly name: string;
  /** By name in small letters: no server tells the case of columns apart. */
  readonly columns: ReadonlyMap<string, TargetColumn>;
  /** What tells rows apart, see `keyIn`; empty where nothing does. */
  readonly key: readonly TargetColumn[];
  /** A row that is added can't collide with another one by anything but its key. */
  readonly isKeyAlone: boolean;
  /** What happens to one row may depend on others: all changes are written in their order. */
  readonly isOrdered: boolean;
  /** Whether its engine knows transactions. */
  readonly isTransactional: boolean;
}

interface StoredColumn {
  readonly name: string;
  readonly columnType: string | Buffer;
  readonly charset: string | null;
  readonly keyed: string;
  readonly nullable: string;
  readonly standard: unknown;
  readonly extra: string;
}

const GENERATED = /\b(VIRTUAL|STORED|PERSISTENT)\b/i;

/** Reads the definition of a table. Throws NOT_FOUND, or WRONG_KIND for what is no table. */
export async function targetTable(server: Queries, { database, table }: TableName): Promise<TargetTable> {
  const name = qualifiedName(database, table);
  const [found] = await server.query<{ type: string; transactions: string | null }>(
    `SELECT t.TABLE_TYPE AS type, e.TRANSACTIONS AS transactions FROM information_schema.TABLES t
     LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?`,
    [database, table],
  );
  if (found === undefined) throw notFound(name);
  if (found.type !== 'BASE TABLE') {
    const remedy = 'name a table in sink.table';
    throw new ConnectError('WRONG_KIND', `${name} is no plain table (${found.type})`, { remedy });
  }
  const columns = await server.query<StoredColumn>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS columnType, CHARACTER_SET_NAME AS charset, COLUMN_KEY AS keyed, IS_NULLABLE AS nullable,
            COLUMN_DEFAULT AS standard, EXTRA AS extra
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  const parts = await storedIndexParts(server, { databases: [database], tables: [table] });
  const marked = columns.filter(({ keyed }) => keyed === 'PRI').map((column) => column.name);
  const key = keyIn(marked, parts);
  const targets = new Map(columns.map((column) => [column.name.toLowerCase(), targetColumn(column)]));
  const unique = new Set(parts.filter(({ isUnique }) => isUnique).map(({ index }) => index));
  return {
    ...{ database, table, name, columns: targets },
    key: (key?.columns ?? []).map((column) => targets.get(column.toLowerCase()) as TargetColumn),
    isKeyAlone: unique.size === (key === undefined ? 0 : 1),
    isOrdered: await hasForeignKeys(server, { database, table }),
    isTransactional: found.transactions === 'YES',
  };
}

/** The same; undefined where there is no such table, or none that this user may see. */
export async function existingTable(server: Queries, target: TableName): Promise<TargetTable | undefined> {
  try {
    return await targetTable(server, target);
  } catch (error) {
    if (error instanceof ConnectError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function targetColumn({ name, columnType, charset, nullable, standard, extra }: StoredColumn): TargetColumn {
  const type = String(columnType);
  const isGenerated = GENERATED.test(extra);
  return {
    name,
    type: columnTypeOf({ columnType: type, charset }),
    columnType: type,
    scale: Number(/^decimal\(\d+,(\d+)\)/.exec(type)?.[1] ?? 0),
    isRequired: nullable === 'NO' && standard === null && !isGenerated && !/auto_increment|DEFAULT_GENERATED/i.test(extra),
    isNullable: nullable === 'YES',
    isGenerated,
  };
}

async function hasForeignKeys(server: Queries, { database, table }: TableName): Promise<boolean> {
  const [found] = await server.query(
    `SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = ? AND (TABLE_NAME = ? OR REFERENCED_TABLE_NAME = ?) LIMIT 1`,
    [database, table, table],
  );
  return found !== undefined;
}

export const notFound = (name: string): ConnectError =>
  new ConnectError('NOT_FOUND', `table ${name} does not exist, or this user has no right to it`, {
    remedy: `create it, correct sink.table, or GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO the user`,
  });
