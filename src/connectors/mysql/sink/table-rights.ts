import { ConnectError, type Finding } from '../../../api/index.ts';
import { errorFinding } from '../../../kit/index.ts';
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

/**
 * The error of a user who may not change a table, with the statement that lets them. NOT_FOUND where the user sees no such database: the
 * server then refuses the right, whether there is one or not.
 */
export async function noRight(connection: WriteConnection, target: TableName, schema: Changing): Promise<ConnectError> {
  const account = await accountOf(connection);
  const [seen] = await connection.query('SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [target.database]);
  if (seen === undefined) {
    const database = quoteName(target.database);
    return new ConnectError('NOT_FOUND', `database ${target.database} does not exist, or this user has no right to it`, {
      remedy: `CREATE DATABASE IF NOT EXISTS ${database}; GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON ${database}.* TO ${account}`,
    });
  }
  const name = qualifiedName(target.database, target.table);
  const remedy = `GRANT ${rightOf(target, schema)} TO ${account}, or set sink.schema to fail or ignore`;
  const means = schema === 'create' ? `make table ${name}, or add columns to it` : `add columns to table ${name}`;
  return new ConnectError('FORBIDDEN', `this user may not ${means}`, { remedy });
}

/**
 * Returns which rights to change a table are missing. Throws what else is wrong. Servers look at rights before they look at names, so that
 * statements which they would refuse anyway tell the rights. `columns`: of a table that is there.
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
      const problem = await noRight(connection, target, schema);
      if (problem.code !== 'FORBIDDEN') throw problem;
      return [errorFinding('sink.username', problem)];
    }
  }
  return [];
}
