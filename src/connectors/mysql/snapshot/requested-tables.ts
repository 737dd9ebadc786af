import { ConnectError } from '../../../api/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { selectTables } from '../tables/select-tables.ts';
import { asQualified, qualifiedName } from '../tables/table-name.ts';

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
