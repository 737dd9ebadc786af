import type { MysqlSourceConfig } from './config.ts';
import { Selection } from './selection.ts';
import type { MysqlServer } from './server.ts';

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** The tables that a configuration selects, as they are now, as far as this user may see them. */
export async function selectTables(server: MysqlServer, config: MysqlSourceConfig): Promise<TableName[]> {
  const selection = new Selection(config);
  const tables = await server.query<TableName>(
    "SELECT TABLE_SCHEMA AS `database`, TABLE_NAME AS `table` FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'",
  );
  return tables.filter(({ database, table }) => selection.table(database, table));
}
