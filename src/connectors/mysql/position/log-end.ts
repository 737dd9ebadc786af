import { ConnectError } from '../../../api/index.ts';
import type { MysqlServer } from '../server/server.ts';
import type { ServerFacts } from '../server/server-facts.ts';
import { reaches } from './gtids.ts';
import type { LogPlace } from './position.ts';

/** The end of the log as it is now. */
export interface LogEnd {
  readonly place: LogPlace;
  /**
   * Transactions up to there; empty where the server has no GTIDs. The last ones may be missing that are in the log already: of MySQL those
   * whose commit is under way.
   */
  readonly gtids: string;
}

/** Throws WRONG_KIND where the server writes no log. */
export async function logEnd(server: MysqlServer, facts: ServerFacts): Promise<LogEnd> {
  // Before the place: to ask for the transactions before it has the server read its log's last file from the beginning.
  const transactions = facts.isMariadb ? await server.query<{ gtids: string | null }>('SELECT @@gtid_binlog_pos AS gtids') : [];
  const status = await logStatus(server, facts);
  if (status === undefined) {
    throw new ConnectError('WRONG_KIND', `the MySQL server at ${server.address} writes no binary log`, {
      remedy: 'set log_bin on the server and restart it',
    });
  }
  const place = { file: status.File, offset: Number(status.Position) };
  if (!facts.gtids) return { place, gtids: '' };
  const gtids = facts.isMariadb ? transactions[0]?.gtids : status.Executed_Gtid_Set;
  return { place, gtids: (gtids ?? '').replace(/\s/g, '') };
}

/** MariaDB's transactions before a place in its log; undefined where it can not say. */
export async function gtidsBefore(server: MysqlServer, { file, offset }: LogPlace): Promise<string | undefined> {
  const [row] = await server.query<{ gtids: string | null }>('SELECT BINLOG_GTID_POS(?, ?) AS gtids', [file, offset]);
  return row?.gtids ?? undefined;
}

export interface LogStatus {
  readonly File: string;
  readonly Position: number | string;
  readonly Binlog_Do_DB?: string;
  readonly Binlog_Ignore_DB?: string;
  readonly Executed_Gtid_Set?: string;
}

/** Undefined where the server writes no log. */
export async function logStatus(server: MysqlServer, { version, isMariadb }: ServerFacts): Promise<LogStatus | undefined> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const renamed = !isMariadb && (major > 8 || (major === 8 && minor >= 4));
  const [status] = await server.query<LogStatus>(renamed ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS');
  return status;
}

/** A file of the log. */
export interface LogFile {
  readonly name: string;
  readonly bytes: number;
}

/** The files that the server still has, the oldest first. */
export async function logFiles(server: Pick<MysqlServer, 'query'>): Promise<LogFile[]> {
  const files = await server.query<{ Log_name: string; File_size: number | string }>('SHOW BINARY LOGS');
  return files.map(({ Log_name: name, File_size: bytes }) => ({ name, bytes: Number(bytes) }));
}

/** Whether a place in the log is at the end of these transactions or behind it. MySQL does not send what is before; MariaDB may. */
export async function isAtOrBehind(server: MysqlServer, { isMariadb }: ServerFacts, place: LogPlace, gtids: string): Promise<boolean> {
  if (!isMariadb) return true;
  const before = await gtidsBefore(server, place);
  return reaches(before ?? '', gtids, true);
}
