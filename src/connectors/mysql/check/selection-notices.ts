import { type SourceTaskContext, toConnectError } from '../../../api/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { warmServer } from '../server/server.ts';
import { asServerCompares } from '../server/server-facts.ts';
import { selectNames } from '../tables/select-tables.ts';
import { qualifiedName } from '../tables/table-name.ts';
import { selectionGaps } from './selection-gaps.ts';

/**
 * What a run should say of its selection, a sentence each: what it names and does not find or may not read, and tables that no task reads.
 * `planned`: full names of all tables that a plan without a log has; undefined where the log has those that came later.
 */
export async function selectionNotices(
  { config: configured, clients }: Pick<SourceTaskContext<MysqlSourceConfig>, 'config' | 'clients'>,
  planned: readonly string[] | undefined,
): Promise<string[]> {
  try {
    const server = await warmServer(configured, 'source', clients);
    const config = await asServerCompares(server, configured);
    const names = await selectNames(server, new Selection(config));
    const gaps = await selectionGaps(server, config, names);
    return [...gaps.map(({ option, message, remedy }) => `${option}: ${message}: ${remedy}`), ...unplanned(names.tables, planned)];
  } catch (error) {
    // What is wrong with the server the run itself finds out, where it needs it.
    return [`source.tables was not looked at in this run: ${toConnectError(error).line}`];
  }
}

function unplanned(
  tables: ReadonlyArray<{ readonly database: string; readonly table: string }>,
  planned: readonly string[] | undefined,
): string[] {
  if (planned === undefined) return [];
  const known = new Set(planned);
  const names = tables.map(({ database, table }) => qualifiedName(database, table)).filter((name) => !known.has(name));
  return names.map((name) => `no task reads ${name}, which is selected and came after the plan: apply the connector again`);
}
