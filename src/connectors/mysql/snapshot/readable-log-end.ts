import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../../../api/index.ts';
import { holds } from '../gtids.ts';
import { comparePlaces, type LogPlace } from '../position.ts';
import type { MysqlServer } from '../server.ts';
import { gtidsBefore, type LogEnd, logEnd, type ServerFacts } from '../server-facts.ts';

const ASK_EVERY_MS = 20;
/** A commit waits for a disk, or for a replica, which has ten seconds by default. */
const LONGEST_COMMIT_MS = 30_000;
/** Without GTIDs MySQL does not say which commits are under way. */
const COMMIT_MS = 1_000;

/**
 * The end of the log, or a place shortly before it, with the rows of every transaction up to there to be read. A server writes a
 * transaction to its log some moments before others see its rows: what is read in these moments lacks what the log does not repeat
 * from its end on.
 */
export async function readableLogEnd(server: MysqlServer, facts: ServerFacts): Promise<LogEnd> {
  if (!facts.isMariadb) return untilReadable(server, facts);
  await logEnd(server, facts);
  const place = await lastCommit(server);
  return { place, gtids: await gtidsBefore(server, place) };
}

/** Resolves with the end of the log when the rows of all transactions that are in it can be read. */
export async function untilReadable(server: MysqlServer, facts: ServerFacts): Promise<LogEnd> {
  const end = await logEnd(server, facts);
  const until = Date.now() + LONGEST_COMMIT_MS;
  if (!facts.isMariadb && !facts.gtids) await sleep(COMMIT_MS);
  else while (await isCommitting(server, facts, end)) await pause(server, until);
  return end;
}

async function isCommitting(server: MysqlServer, { isMariadb }: ServerFacts, end: LogEnd): Promise<boolean> {
  if (isMariadb) return comparePlaces(await lastCommit(server), end.place) < 0;
  // Transactions under way, as `uuid:23#session:24#session`.
  const [row] = await server.query<{ owned: string }>('SELECT @@GLOBAL.gtid_owned AS owned');
  const sources = (row?.owned ?? '').replace(/\s/g, '').split(',');
  return sources.some((source) => {
    const [uuid, ...numbers] = source.split(':');
    return numbers.some((number) => holds(end.gtids, `${uuid}:${number.split('#')[0]}`, false));
  });
}

/** Where MariaDB's log was at its last commit. */
async function lastCommit(server: MysqlServer): Promise<LogPlace> {
  const rows = await server.query<{ Variable_name: string; Value: string }>("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
  return { file: values.get('binlog_snapshot_file') ?? '', offset: Number(values.get('binlog_snapshot_position')) };
}

async function pause({ address }: MysqlServer, until: number): Promise<void> {
  if (Date.now() < until) return sleep(ASK_EVERY_MS);
  const seconds = LONGEST_COMMIT_MS / 1_000;
  throw new ConnectError('TIMEOUT', `a transaction of the MySQL server at ${address} is in its log and has not ended for ${seconds} s`, {
    retriable: true,
    remedy: 'see what its commit waits for, such as a replica or a disk',
  });
}
