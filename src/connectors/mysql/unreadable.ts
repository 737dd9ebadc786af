import { type Finding, toConnectError } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import type { SelectedTable } from './select-tables.ts';
import { Selection } from './selection.ts';
import type { MysqlServer } from './server.ts';
import { quoteName } from './snapshot/key-values.ts';
import { qualifiedName } from './table-name.ts';

/** Where a grant lets a user read: `ON *.*` or `` ON `shop`.* ``. */
const READS =
  /\b(?:SELECT|ALL PRIVILEGES)\b(?!\s*\().* ON (?<all>\*\.\*)|\b(?:SELECT|ALL PRIVILEGES)\b(?!\s*\().* ON `(?<database>(?:[^`]|``)+)`\.\*/;

/**
 * Tables and columns that are selected and can't be read by this user: the log has their changes, a snapshot lacks their rows. The server
 * does not name what a user may not see: of patterns it can only be said that there may be more.
 */
export async function unreadable(server: MysqlServer, config: MysqlSourceConfig, selected: readonly SelectedTable[]): Promise<Finding[]> {
  const grants = (await server.query<Record<string, string>>('SHOW GRANTS')).flatMap((row) => Object.values(row));
  const reads = grants.flatMap((grant): Array<Partial<Record<'all' | 'database', string>>> => {
    const groups = READS.exec(grant)?.groups;
    return groups === undefined ? [] : [groups];
  });
  if (reads.some(({ all }) => all !== undefined)) return [];
  const whole = reads.flatMap(({ database }) => (database === undefined ? [] : [likePattern(database)]));
  const readsAllOf = (database: string) => whole.some((pattern) => pattern.test(database));
  const findings: Finding[] = [];
  for (const pattern of config.tables) {
    const [database = '', table = ''] = pattern.startsWith('`') ? [] : pattern.split('.');
    const isWhole = !database.includes('*') && readsAllOf(database);
    if (table.includes('*') && !isWhole) findings.push(mayBeMore(pattern));
  }
  const selection = new Selection(config);
  for (const { database, table } of selected) {
    if (!readsAllOf(database)) findings.push(...(await checkColumns(server, selection, database, table)));
  }
  return findings;
}

async function checkColumns(server: MysqlServer, selection: Selection, database: string, table: string): Promise<Finding[]> {
  try {
    await server.query(`SELECT * FROM ${quoteName(database)}.${quoteName(table)} LIMIT 0`);
    return [];
  } catch (error) {
    const problem = toConnectError(error);
    if (problem.code !== 'FORBIDDEN') throw error;
    const { sqlMessage = '' } = (problem.cause ?? {}) as { readonly sqlMessage?: string };
    const column = /for column '(.+?)'/.exec(sqlMessage)?.[1];
    if (column !== undefined && !selection.column(database, table, column)) return [];
    const what =
      column === undefined
        ? `table ${qualifiedName(database, table)}, or some of its columns,`
        : `column ${qualifiedName(database, table)}.${column}`;
    return [
      finding(
        `${what} may not be read by this user: a snapshot lacks it, and changes have it`,
        `GRANT SELECT ON ${quoteName(database)}.${quoteName(table)} TO the user, or leave it out by source.excludeColumns or source.excludeTables`,
      ),
    ];
  }
}

const mayBeMore = (pattern: string): Finding =>
  finding(
    `${pattern} may match tables that this user may not read: their changes are copied, their rows are not, and they can't be named`,
    'GRANT SELECT on the whole database to the user, or name the tables that may be read',
  );

const finding = (message: string, remedy: string): Finding => ({
  level: 'warning',
  code: 'FORBIDDEN',
  option: 'source.tables',
  message,
  remedy,
});

/** In the name of a database in a grant `%` and `_` stand for characters, unless a backslash is before them. */
function likePattern(database: string): RegExp {
  const source = database
    .replaceAll('``', '`')
    .replace(/\\?[\s\S]/gu, (part) =>
      part === '%' ? '.*' : part === '_' ? '.' : (part.at(-1) as string).replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
    );
  return new RegExp(`^${source}$`, 'su');
}
