import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../../../api/index.ts';
import { pollUntil } from '../../../kit/index.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, statusValue } from '../server/server-facts.ts';
import { reaches } from './gtids.ts';
import { comparePlaces, type LogPlace } from './position.ts';

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

const ASK_EVERY_MS = 20;
/** A commit waits for a disk, or for a replica, which has ten seconds by default. */
const LONGEST_COMMIT_MS = 30_000;
/** Without GTIDs MySQL does not say which commits are under way, only how many wait for a replica. */
const COMMIT_MS = 1_000;
const WAITING_FOR_REPLICAS = /^Rpl_semi_sync_(master|source)_wait_sessions$/i;

/**
 * The end of the log, or a place shortly before it, with the rows of every transaction up to there to be read. A server writes a
 * transaction to its log some moments before others see its rows: what is read in these moments lacks what the log does not repeat
 * from its end on.
 */
export async function readableLogEnd(server: MysqlServer, facts: ServerFacts): Promise<LogEnd> {
  if (!facts.isMariadb) return untilReadable(server, facts);
  await logEnd(server, facts);
  const place = await lastCommit(server);
  return { place, gtids: (await gtidsBefore(server, place)) ?? '' };
}

/** Resolves with the end of the log when the rows of all transactions that are in it can be read. */
export async function untilReadable(server: MysqlServer, facts: ServerFacts): Promise<LogEnd> {
  const end = await logEnd(server, facts);
  if (facts.isMariadb) await until(server, async () => comparePlaces(await lastCommit(server), end.place) >= 0);
  else if (facts.gtids) await untilCommitted(server);
  else {
    await sleep(COMMIT_MS);
    await until(server, async () => Number((await statusValue(server, WAITING_FOR_REPLICAS, 'Rpl_semi_sync%')) ?? 0) === 0);
  }
  return end;
}

/** Returns when none of the commits is under way any more that are now, on a MySQL server with GTIDs. */
export async function untilCommitted(server: MysqlServer): Promise<void> {
  const now = await committing(server);
  if (now.size === 0) return;
  await until(server, async () => {
    const still = await committing(server);
    return ![...now].some((gtid) => still.has(gtid));
  });
}

/** GTIDs of transactions that are written to the log, or about to be, and not yet to be read. */
async function committing(server: MysqlServer): Promise<ReadonlySet<string>> {
  // As `uuid:23#session:24#session`, several separated by commas.
  const [row] = await server.query<{ owned: string }>('SELECT @@GLOBAL.gtid_owned AS owned');
  const gtids = (row?.owned ?? '').replace(/\s/g, '').split(',');
  return new Set(
    gtids.flatMap((source) => {
      const [uuid, ...numbers] = source.split(':');
      return numbers.map((number) => `${uuid}:${number.split('#')[0]}`);
    }),
  );
}

/** Where MariaDB's log was at its last commit. */
async function lastCommit(server: MysqlServer): Promise<LogPlace> {
  const rows = await server.query<{ Variable_name: string; Value: string }>("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
  return { file: values.get('binlog_snapshot_file') ?? '', offset: Number(values.get('binlog_snapshot_position')) };
}

async function until({ address }: MysqlServer, done: () => Promise<boolean>): Promise<void> {
  if (await pollUntil(done, ASK_EVERY_MS, LONGEST_COMMIT_MS)) return;
  const seconds = LONGEST_COMMIT_MS / 1_000;
  throw new ConnectError('TIMEOUT', `a transaction of the MySQL server at ${address} is in its log and has not ended for ${seconds} s`, {
    retriable: true,
    remedy: 'see what its commit waits for, such as a replica or a disk',
  });
}
