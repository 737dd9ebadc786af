import { ConnectError } from '../../../api/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ListedTable, listTables } from './information-schema.ts';
import { asQualified, qualifiedName, type TableName } from './table-name.ts';

const VERSIONED = 'SYSTEM VERSIONED';
const SEQUENCE = 'SEQUENCE';
const TABLES = ['BASE TABLE', VERSIONED];

export interface SelectedTable extends TableName {
  /** MariaDB's WITH SYSTEM VERSIONING. */
  readonly isVersioned: boolean;
  /** About how many rows it has, as the server guesses. */
  readonly rows: number;
}

/** The tables that a selection names, as they are now, as far as this user may see them; views are none. In the order of their names. */
export async function selectTables(server: MysqlServer, selection: Pick<Selection, 'table'>): Promise<SelectedTable[]> {
  const tables = await listTables(server, TABLES, true);
  return tables
    .filter(({ database, table }) => selection.table(database, table))
    .map(({ guess, ...table }) => ({ ...named(table), rows: Number(guess ?? 0) }));
}

/** What a selection names, without what only opening each table tells. */
export interface SelectedNames {
  readonly tables: ReadonlyArray<Omit<SelectedTable, 'rows'>>;
  /** MariaDB's: the log has their values as rows. */
  readonly sequences: readonly TableName[];
}

export async function selectNames(server: MysqlServer, selection: Pick<Selection, 'table'>): Promise<SelectedNames> {
  const all = await listTables(server, [...TABLES, SEQUENCE]);
  const selected = all.filter(({ database, table }) => selection.table(database, table));
  return {
    tables: selected.filter(({ type }) => type !== SEQUENCE).map(named),
    sequences: selected.filter(({ type }) => type === SEQUENCE),
  };
}

const named = ({ database, table, type }: ListedTable): Omit<SelectedTable, 'rows'> => ({
  database,
  table,
  isVersioned: type === VERSIONED,
});

/** Of such a table the server changes and deletes no row: it ends one, under another key, and adds one. */
export const keepsHistory = ({ database, table }: TableName): ConnectError =>
  new ConnectError(
    'WRONG_KIND',
    `table ${qualifiedName(database, table)} keeps its history (WITH SYSTEM VERSIONING), which is not understood`,
    {
      remedy: 'leave it out by source.excludeTables',
    },
  );

/** Names of tables, which the configuration must select. Throws CONFIG_INVALID for the first that it does not. */
export async function requestedTables(
  server: MysqlServer,
  config: MysqlSourceConfig,
  names: readonly string[],
): Promise<readonly string[]> {
  const selected = new Set(
    (await selectTables(server, new Selection(config))).map(({ database, table }) => qualifiedName(database, table)),
  );
  const qualified = names.map(asQualified);
  const other = names.find((_, index) => !selected.has(qualified[index] as string));
  if (other === undefined) return qualified;
  throw new ConnectError('CONFIG_INVALID', `tables: ${JSON.stringify(other)} is no table that this connector copies`, {
    remedy: 'name tables as database.table; source.tables and source.excludeTables say which are copied',
  });
}
