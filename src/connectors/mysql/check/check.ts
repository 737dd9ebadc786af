import { type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, errorFinding } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { openStart } from '../log/open-start.ts';
import { logStatus } from '../position/log-end.ts';
import { accountOf } from '../server/account.ts';
import { connectionFrame } from '../server/errors.ts';
import type { MysqlServer } from '../server/server.ts';
import { asServerCompares, grantsOf, type ServerFacts, serverFacts, variable } from '../server/server-facts.ts';
import { foreignKeys } from '../tables/information-schema.ts';
import { keepsHistory, selectNames } from '../tables/select-tables.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';
import { checkSettings } from './check-settings.ts';
import { selectionGaps } from './selection-gaps.ts';

/** Looks at a server as the tasks will: address, credentials, grants, settings, tables, and the place to begin at. */
export function checkMysql(
  server: MysqlServer,
  config: MysqlSourceConfig,
  { signal, schedule }: Pick<ConnectorContext, 'signal' | 'schedule'>,
): Promise<Finding[]> {
  return checkWithin({ ...connectionFrame('source'), signal }, async (_limit, _progress, answer) => {
    const facts = await answer(serverFacts(server));
    const compared = await answer(asServerCompares(server, config));
    const looks = [checkGrants(server), checkSettings(server, facts, schedule), checkTables(server, compared)];
    const findings = (await Promise.all(looks.map(answer))).flat();
    // Without the rights that it takes, there is no looking at the log.
    if (findings.some(({ level }) => level === 'error')) return findings;
    const content = await answer(checkLogContent(server, facts));
    return [...findings, ...content, ...(await answer(checkStart(server, config)))];
  });
}

/** Returns a finding for each selected name that does not exist or may not be read, and for each table that can't be copied. */
async function checkTables(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  const names = await selectNames(server, new Selection(config));
  const versioned = names.tables.filter(({ isVersioned }) => isVersioned);
  return [
    ...(await selectionGaps(server, config, names)),
    ...(config.snapshot === 'only' ? [] : await checkCascades(server, names.tables)),
    ...versioned.map((table) => errorFinding('source.tables', keepsHistory(table))),
  ];
}

async function checkStart(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  try {
    await openStart(server, config, undefined);
    return [];
  } catch (error) {
    const problem = toConnectError(error);
    const isStart = problem.code === 'CONFIG_INVALID' || problem.code === 'POSITION_LOST';
    if (!isStart) return [errorFinding('source.address', problem)];
    // Of no account where the stream has begun; where it has not, the plan refuses it.
    return [{ ...errorFinding('source.startAt', problem), level: 'warning' }];
  }
}

/** What must be granted on everything, under the names that servers of several versions have for it. */
const NEEDED: ReadonlyArray<readonly [right: string, names: RegExp]> = [
  ['REPLICATION SLAVE', /\b(REPLICATION SLAVE|REPLICATION_SLAVE|ALL PRIVILEGES)\b(?! ADMIN)/],
  ['REPLICATION CLIENT', /\b(REPLICATION CLIENT|BINLOG MONITOR|SUPER|ALL PRIVILEGES)\b/],
];

/** A finding for each right that is missing. Rights on tables are looked at where tables are. */
async function checkGrants(server: MysqlServer): Promise<Finding[]> {
  const global = (await grantsOf(server)).filter((grant) => / ON \*\.\* /.test(grant));
  const missing = NEEDED.filter(([, names]) => !global.some((grant) => names.test(grant.split(' ON *.* ')[0] ?? ''))).map(
    ([right]) => right,
  );
  if (missing.length === 0) return [];
  const account = await accountOf(server);
  return [
    {
      level: 'error',
      code: 'FORBIDDEN',
      option: 'source.username',
      message: `${account} lacks ${missing.join(' and ')}`,
      remedy: `GRANT ${missing.join(', ')} ON *.* TO ${account}`,
    },
  ];
}

/** Tables that are named, at most. */
const NAMED = 5;

/** Warns of tables whose rows foreign keys change or delete: servers do not write that to their log. */
async function checkCascades(server: MysqlServer, selected: readonly TableName[]): Promise<Finding[]> {
  if (selected.length === 0) return [];
  const keys = await foreignKeys(server, [...new Set(selected.map(({ database }) => database))]);
  const names = new Set(selected.map(({ database, table }) => qualifiedName(database, table)));
  const changes = keys.filter(({ onUpdate, onDelete }) => [onUpdate, onDelete].some((rule) => /^(CASCADE|SET)/.test(rule)));
  const found = [...new Set(changes.map(({ database, table }) => qualifiedName(database, table)))].filter((name) => names.has(name));
  if (found.length === 0) return [];
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
  return [
    {
      level: 'warning',
      code: 'WRONG_KIND',
      option: 'source.tables',
      message: `foreign keys change or delete rows of ${found.slice(0, NAMED).join(', ')}${more} (ON DELETE or UPDATE, CASCADE or SET NULL), and the log has none of that`,
      remedy:
        'change such rows by statements of their own, or have consumers follow the foreign keys, too; a snapshot on demand brings what was set to NULL',
    },
  ];
}

/** Warns where the server leaves changes out of its log: of some databases, or what it has from another server. */
async function checkLogContent(server: MysqlServer, facts: ServerFacts): Promise<Finding[]> {
  const [status, replica] = await Promise.all([logStatus(server, facts), checkReplica(server)]);
  return [...filtered('binlog_do_db', status?.Binlog_Do_DB), ...filtered('binlog_ignore_db', status?.Binlog_Ignore_DB), ...replica];
}

function filtered(setting: string, databases = ''): Finding[] {
  if (databases === '') return [];
  const why = setting === 'binlog_do_db' ? 'changes of all other databases are not in the log' : 'their changes are not in the log';
  return [
    warning(`${setting} is ${databases}: ${why}`, `remove ${setting} from the server's configuration, or do not copy those databases`),
  ];
}

/** A server that only reads is mostly a replica; whether it is one takes a right of its own to ask. */
async function checkReplica(server: MysqlServer): Promise<Finding[]> {
  const [updates, renamed, readOnly] = await Promise.all(
    ['log_slave_updates', 'log_replica_updates', 'read_only'].map((name) => variable(server, name)),
  );
  if ((renamed ?? updates) !== 'OFF' || readOnly === undefined || readOnly === 'OFF') return [];
  const name = renamed === undefined ? 'log_slave_updates' : 'log_replica_updates';
  const message = `${name} is OFF, and the server is read-only: if it is a replica, its log does not have what it replicates`;
  return [warning(message, `set ${name} = ON on the replica and restart it, or name the primary in source.address`)];
}

const warning = (message: string, remedy: string): Finding => ({
  level: 'warning',
  code: 'WRONG_KIND',
  option: 'source.address',
  message,
  remedy,
});
