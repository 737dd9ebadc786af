import { type Finding, toConnectError } from '../../../api/index.ts';
import { literalName, nameParts } from '../config/name-pattern.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { grantsOf } from '../server/server-facts.ts';
import { qualifiedName, quoteName, type TableName } from '../tables/table-name.ts';

/** Where a grant lets a user read all: `ON *.*`, `` ON `shop`.* `` or `` ON `shop`.`orders` ``. */
const READS =
  /\b(?:SELECT|ALL PRIVILEGES)\b(?!\s*\().* ON (?:TABLE )?(?:(?<all>\*\.\*)|`(?<database>(?:[^`]|``)+)`\.(?:\*|`(?<table>(?:[^`]|``)+)`))/;

interface Reads {
  readonly all?: string;
  readonly database?: string;
  readonly table?: string;
}

/**
 * Tables and columns that are selected and can't be read by this user: the log has their changes, a snapshot lacks their rows. The server
 * does not name what a user may not see: of patterns it can only be said that there may be more.
 */
export async function unreadable(server: MysqlServer, config: MysqlSourceConfig, selected: readonly TableName[]): Promise<Finding[]> {
  const grants = await grantsOf(server);
  const reads = grants.filter((grant) => grant.startsWith('GRANT')).flatMap(readIn);
  // MySQL takes single databases out of what is granted on all.
  const revoked = grants.filter((grant) => grant.startsWith('REVOKE')).flatMap(readIn);
  const readsAll = reads.some(({ all }) => all !== undefined);
  if (readsAll && revoked.length === 0) return [];
  const whole = reads.flatMap(({ database, table }) => (database === undefined || table !== undefined ? [] : [likePattern(database)]));
  const isRevoked = (name: string) => revoked.some(({ database = '' }) => plain(database) === name);
  const readsAllOf = (name: string) => (readsAll && !isRevoked(name)) || whole.some((pattern) => pattern.test(name));
  const tables = new Set(
    reads.flatMap(({ database = '', table }) => (table === undefined ? [] : [qualifiedName(plain(database), plain(table))])),
  );
  const findings: Finding[] = [];
  for (const pattern of config.tables) {
    const [database, table] = nameParts(pattern).map(literalName);
    const isWhole = database !== undefined && readsAllOf(database);
    if ((database === undefined || table === undefined) && !isWhole) findings.push(mayBeMore(pattern));
  }
  const selection = new Selection(config);
  for (const { database, table } of selected) {
    if (!readsAllOf(database) && !tables.has(qualifiedName(database, table)))
      findings.push(...(await checkColumns(server, selection, database, table)));
  }
  return findings;
}

const readIn = (grant: string): Reads[] => {
  const groups = READS.exec(grant)?.groups;
  return groups === undefined ? [] : [groups];
};

async function checkColumns(server: MysqlServer, selection: Selection, database: string, table: string): Promise<Finding[]> {
  try {
    // The client refuses a result with some names of columns.
    await server.query(`SELECT 1 FROM (SELECT * FROM ${quoteName(database, table)} LIMIT 0) AS whole LIMIT 0`);
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
        `GRANT SELECT ON ${quoteName(database, table)} TO the user, then take a snapshot of the table by rocketmq-connect snapshot; or leave it out by source.excludeColumns or source.excludeTables`,
      ),
    ];
  }
}

const mayBeMore = (pattern: string): Finding =>
  finding(
    `${pattern} may match tables that this user may not read: their changes are copied, their rows are not, and they can't be named`,
    'GRANT SELECT on the whole database to the user, then take a snapshot of the tables that were hidden; or name the tables that may be read',
  );

const finding = (message: string, remedy: string): Finding => ({
  level: 'warning',
  code: 'FORBIDDEN',
  option: 'source.tables',
  message,
  remedy,
});

const plain = (name: string): string => name.replaceAll('``', '`');

/** In the name of a database in a grant `%` and `_` stand for characters, unless a backslash is before them. */
function likePattern(database: string): RegExp {
  const source = plain(database).replace(/\\?[\s\S]/gu, (part) =>
    part === '%' ? '.*' : part === '_' ? '.' : (part.at(-1) as string).replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
  );
  return new RegExp(`^${source}$`, 'su');
}
