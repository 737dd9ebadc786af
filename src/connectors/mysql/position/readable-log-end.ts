import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../../../api/index.ts';
import { pollUntil } from '../../../kit/index.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, statusValue } from '../server/server-facts.ts';
import { gtidsBefore, type LogEnd, logEnd } from './log-end.ts';
import { comparePlaces, type LogPlace } from './position.ts';

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
