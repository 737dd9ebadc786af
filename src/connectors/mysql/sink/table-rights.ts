import { ConnectError, type Finding } from '../../../api/index.ts';
import { accountOf } from '../server/account.ts';
import { qualifiedName, quoteName, type TableName } from '../tables/table-name.ts';
import type { MysqlSinkConfig } from './config.ts';
import type { TargetTable } from './target-table.ts';
import type { WriteConnection } from './write-connections.ts';
import { errorNumber, isForbidden } from './write-errors.ts';

/** What changes tables. */
export type Changing = Extract<MysqlSinkConfig['schema'], 'evolve' | 'create'>;

export const DUPLICATE_COLUMN = 1060;
const TABLE_EXISTS = 1050;

/** Tables are made by the names that records have: the right to do so is one of the database. */
const rightOf = ({ database, table }: TableName, schema: Changing): string =>
  schema === 'create' ? `CREATE, ALTER ON ${quoteName(database)}.*` : `ALTER ON ${quoteName(database, table)}`;

/** The error of a user who may not change a table, with the statement that lets them. */
export async function noRight(connection: WriteConnection, target: TableName, schema: Changing): Promise<ConnectError> {
  const name = qualifiedName(target.database, target.table);
  const remedy = `GRANT ${rightOf(target, schema)} TO ${await accountOf(connection)}, or set sink.schema to fail or ignore`;
  const means = schema === 'create' ? `make table ${name}, or add columns to it` : `add columns to table ${name}`;
  return new ConnectError('FORBIDDEN', `this user may not ${means}`, { remedy });
}

/**
 * Returns what is wrong with the rights to change a table. Servers look at rights before they look at names, so that statements tell which
 * they would refuse anyway. `columns`: of a table that is there.
 */
export async function missingRights(
  connection: WriteConnection,
  target: TableName & Partial<Pick<TargetTable, 'columns'>>,
  schema: Changing,
): Promise<Finding[]> {
  const path = quoteName(target.database, target.table);
  const [column] = [...(target.columns?.values() ?? [])];
  const statements = [
    ...(schema === 'create' ? [`CREATE TABLE ${path} (twice INT, twice INT)`] : []),
    ...(column === undefined ? [] : [`ALTER TABLE ${path} ADD COLUMN ${quoteName(column.name)} INT`]),
  ];
  for (const sql of statements) {
    try {
      await connection.run(sql);
    } catch (error) {
      if ([DUPLICATE_COLUMN, TABLE_EXISTS].includes(errorNumber(error) ?? 0)) continue;
      if (!isForbidden(error)) throw error;
      const { code, message, remedy = '' } = await noRight(connection, target, schema);
      return [{ level: 'error', code, option: 'sink.username', message, remedy }];
    }
  }
  return [];
}
