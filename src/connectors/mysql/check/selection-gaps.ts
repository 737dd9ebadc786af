import { type Finding, type SourceTaskContext, toConnectError } from '../../../api/index.ts';
import { literalName, nameParts } from '../config/name-pattern.ts';
import { anyOf, Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { type MysqlServer, warmServer } from '../server/server.ts';
import { asServerCompares } from '../server/server-facts.ts';
import { storedColumns } from '../tables/information-schema.ts';
import { type SelectedNames, selectNames } from '../tables/select-tables.ts';
import { qualifiedName, quoteName, type TableName } from '../tables/table-name.ts';
import { unreadable } from './unreadable.ts';

/** Returns a finding for each table or column that the selection names and that does not exist, may not be read, or is no table. */
export async function selectionGaps(
  server: MysqlServer,
  config: MysqlSourceConfig,
  { tables, sequences }: SelectedNames,
): Promise<Finding[]> {
  const missing = await Promise.all(config.tables.map((pattern) => checkPattern(server, config, pattern, tables)));
  return [
    ...missing.flat(),
    ...sequences.map(({ database, table }) =>
      warning(
        'WRONG_KIND',
        'source.tables',
        `${qualifiedName(database, table)} is a sequence, not a table: it is not copied`,
        'name it in source.excludeTables',
      ),
    ),
    ...(await unreadable(server, config, tables)),
    ...(await missingColumns(server, config, tables)),
  ];
}

/** A table that is named must be there and be readable; of a pattern, one at least should match. */
async function checkPattern(
  server: MysqlServer,
  { ignoresCase = false }: MysqlSourceConfig,
  pattern: string,
  selected: readonly TableName[],
): Promise<Finding[]> {
  const matcher = anyOf([pattern], ignoresCase);
  if (selected.some(({ database, table }) => matcher(database, table))) return [];
  const names = nameParts(pattern).map(literalName);
  if (names.includes(undefined)) {
    const message = `no table matches ${pattern}, as far as this user may see`;
    return [warning('NOT_FOUND', 'source.tables', message, 'correct it, or grant SELECT on the tables')];
  }
  const quoted = quoteName(...names.map((name = '') => name));
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

/** A column that is to be left out or masked under a wrong name would be shown. */
async function missingColumns(
  server: MysqlServer,
  { excludeColumns = [], maskColumns = [], ignoresCase = false }: MysqlSourceConfig,
  selected: readonly TableName[],
): Promise<Finding[]> {
  const rules = [
    ...excludeColumns.map((pattern) => ({ pattern, option: 'source.excludeColumns' })),
    ...maskColumns.flatMap(({ columns }) => columns.map((pattern) => ({ pattern, option: 'source.maskColumns' }))),
  ].map((rule) => {
    const [database, table, column] = nameParts(rule.pattern).map(literalName);
    const matcher = anyOf([rule.pattern], ignoresCase);
    const found = selected.find((each) => matcher(each.database, each.table));
    return { ...rule, matcher, found, namesTable: database !== undefined && table !== undefined, namesColumn: column !== undefined };
  });
  const elsewhere = rules
    .filter(({ namesTable, found }) => namesTable && found === undefined)
    .map(({ pattern, option }) =>
      warning('NOT_FOUND', option, `${pattern} is about no table that is copied`, 'correct its name, or the column that is meant is shown'),
    );
  const wanted = rules.flatMap(({ namesTable, namesColumn, found, ...rule }) =>
    namesTable && namesColumn && found !== undefined ? [{ ...rule, table: found }] : [],
  );
  if (wanted.length === 0) return elsewhere;
  const columns = await storedColumns(server, {
    databases: wanted.map(({ table }) => table.database),
    tables: wanted.map(({ table }) => table.table),
  });
  const missing = wanted
    .filter(({ matcher }) => !columns.some(({ database, table, name }) => matcher(database, table, name)))
    .map(({ pattern, option, table }) =>
      warning(
        'NOT_FOUND',
        option,
        `table ${qualifiedName(table.database, table.table)} has no column ${pattern}, as far as this user may see`,
        'correct its name, or the column that is meant is shown',
      ),
    );
  return [...elsewhere, ...missing];
}

const warning = (code: string, option: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  code,
  option,
  message,
  remedy,
});

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
