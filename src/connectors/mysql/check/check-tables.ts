import type { Finding } from '../../../api/index.ts';
import { errorFinding } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { keepsHistory, selectNames } from '../tables/select-tables.ts';
import { checkCascades } from './check-cascades.ts';
import { selectionGaps } from './selection-gaps.ts';

/** What a selection names and does not find or may not read, and tables that can't be copied. */
export async function checkTables(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  const names = await selectNames(server, new Selection(config));
  const versioned = names.tables.filter(({ isVersioned }) => isVersioned);
  return [
    ...(await selectionGaps(server, config, names)),
    ...(config.snapshot === 'only' ? [] : await checkCascades(server, names.tables)),
    ...versioned.map((table) => errorFinding('source.tables', keepsHistory(table))),
  ];
}
