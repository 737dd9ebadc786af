import type { Finding } from '../../../api/index.ts';
import { logStatus } from '../position/log-end.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, variable } from '../server/server-facts.ts';

/** Warns where the server leaves changes out of its log: of some databases, or what it has from another server. */
export async function checkLogContent(server: MysqlServer, facts: ServerFacts): Promise<Finding[]> {
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
