import { errorFinding, type Finding, toConnectError } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import { keepsHistory, type SelectedTable, selectSequences, selectTables } from './select-tables.ts';
import { anyOf, Selection } from './selection.ts';
import type { MysqlServer } from './server.ts';
import { qualifiedName } from './table-name.ts';
import { unreadable } from './unreadable.ts';

/** What a selection names and does not find or may not read: tables, columns, and what is no table. */
export async function checkTables(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  const selection = new Selection(config);
  const selected = await selectTables(server, selection);
  const sequences = await selectSequences(server, selection);
  const versioned = selected.filter(({ isVersioned }) => isVersioned).map((table) => errorFinding('source.tables', keepsHistory(table)));
  const missing = await Promise.all(config.tables.map((pattern) => checkPattern(server, config, pattern, selected)));
  return [
    ...missing.flat(),
    ...versioned,
    ...sequences.map(({ database, table }) =>
      warning(
        'WRONG_KIND',
        `${qualifiedName(database, table)} is a sequence, not a table: it is not copied`,
        'name it in source.excludeTables',
      ),
    ),
    ...(await unreadable(server, config, selected)),
  ];
}

/** A table that is named must be there and be readable; of a pattern, one at least should match. */
async function checkPattern(
  server: MysqlServer,
  { ignoresCase = false }: MysqlSourceConfig,
  pattern: string,
  selected: readonly SelectedTable[],
): Promise<Finding[]> {
  const matcher = anyOf([pattern], ignoresCase);
  if (selected.some(({ database, table }) => matcher(database, table))) return [];
  const names = pattern.match(/`(?:[^`]|``)+`|[^.`][^.]*/g) ?? [];
  if (names.some((name) => !name.startsWith('`') && name.includes('*'))) {
    const message = `no table matches ${pattern}, as far as this user may see`;
    return [warning('NOT_FOUND', message, 'correct it, or grant SELECT on the tables')];
  }
  const quoted = names.map((name) => (name.startsWith('`') ? name : `\`${name}\``)).join('.');
  try {
    await server.query(`SELECT 1 FROM ${quoted} LIMIT 0`);
    return [];
  } catch (error) {
    const { code, remedy = 'correct it' } = toConnectError(error);
    if (code !== 'NOT_FOUND' && code !== 'FORBIDDEN') throw error;
    const message = code === 'NOT_FOUND' ? `there is no table ${pattern}` : `table ${pattern} may not be read by this user`;
    return [{ level: 'error', code, option: 'source.tables', message, remedy }];
  }
}

const warning = (code: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  code,
  option: 'source.tables',
  message,
  remedy,
});
