import { ConnectError, type Position, toConnectError } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { holds } from '../position/gtids.ts';
import { type LogEnd, logEnd, logFiles, untilCommitted } from '../position/log-end.ts';
import {
  comparePlaces,
  type DoneTransactions,
  type LogPlace,
  parsePosition,
  type ServerPlace,
  type StreamPosition,
} from '../position/position.ts';
import { startBoundary } from '../position/start-boundary.ts';
import { BEGIN_ANEW } from '../server/errors.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, serverFacts } from '../server/server-facts.ts';
import type { LogItem } from './log-items.ts';
import { lostEvents } from './refusals.ts';

export interface OpenStart {
  readonly facts: ServerFacts;
  readonly start: StreamPosition;
  /** Of the log, as it is now. */
  readonly end: LogEnd;
  /** Nothing lies between the two that the server would send. */
  readonly caughtUp: boolean;
  /** What lies behind the start and the server may not send. */
  readonly unsent: readonly LogItem[];
}

/** Finds where a run begins and ends. Throws POSITION_LOST where this server never had the stored position. */
export async function openStart(server: MysqlServer, config: MysqlSourceConfig, stored: Position | undefined): Promise<OpenStart> {
  const facts = await serverFacts(server);
  let end = await logEnd(server, facts);
  const start = stored === undefined ? { boundary: await startBoundary(server, facts, config.startAt, end) } : parsePosition(stored);
  const { boundary } = start;
  if (!('gtids' in boundary)) {
    const behind = comparePlaces(boundary, end.place);
    if (behind > 0) throw lost(server, `its log ends at ${end.place.file}:${end.place.offset}, before ${boundary.file}:${boundary.offset}`);
    return { facts, start, end, caughtUp: behind === 0, unsent: [] };
  }
  if (!facts.gtids) throw lost(server, 'it has no GTIDs any more (gtid_mode)');
  // MariaDB itself says what of a position it has: after a fail-over the numbers of two servers can't be compared here.
  if (!facts.isMariadb && !holds(end.gtids, boundary.gtids, false)) end = await untilKnown(server, facts, boundary.gtids);
  const known = holds(end.gtids, boundary.gtids, facts.isMariadb);
  const caughtUp = known && holds(boundary.gtids, end.gtids, facts.isMariadb);
  const { at, unsent } = await lookBehind(server, facts, boundary, end, caughtUp);
  return { facts, start: { ...start, boundary: { gtids: boundary.gtids, ...(at && { at }) } }, end, caughtUp, unsent };
}

/** `at`: up to where what has no GTID is done, as far as it is known of this server. */
async function lookBehind(
  server: MysqlServer,
  { serverId, isMariadb }: ServerFacts,
  { at }: DoneTransactions,
  { place }: LogEnd,
  caughtUp: boolean,
): Promise<{ readonly at?: ServerPlace; readonly unsent: readonly LogItem[] }> {
  if (at?.serverId !== serverId || comparePlaces(at, place) > 0) return { unsent: [] };
  // MariaDB begins with the file in which these transactions end, and sends all that is behind them.
  const isSent = isMariadb && !caughtUp && at.file === place.file;
  if (isSent || comparePlaces(at, place) === 0) return { at, unsent: [] };
  const looked = await unsentIncidents(server, at, place);
  if (looked === undefined) return { unsent: [] };
  return looked.items.length > 0 ? { at, unsent: looked.items } : { at: { serverId, ...looked.reached }, unsent: [] };
}

/** A transaction is read from MySQL's log before it counts as executed. Throws where the server has not all of them then either. */
async function untilKnown(server: MysqlServer, facts: ServerFacts, gtids: string): Promise<LogEnd> {
  await untilCommitted(server);
  const end = await logEnd(server, facts);
  if (holds(end.gtids, gtids, false)) return end;
  const [row] = await server.query<{ uuid: string }>('SELECT @@server_uuid AS uuid');
  const own = gtids.split(',').filter((source) => source.startsWith(`${row?.uuid}:`));
  if (!holds(end.gtids, own.join(','), false)) throw lost(server, `it has not all of the transactions ${own.join(',').slice(0, 200)}`);
  throw new ConnectError('POSITION_LOST', `the MySQL server at ${server.address} has not all of the transactions that were read before`, {
    retriable: true,
    remedy: 'wait until this replica has caught up, or name the server in source.address that was read before',
  });
}

const lost = (server: MysqlServer, why: string): ConnectError =>
  new ConnectError('POSITION_LOST', `the MySQL server at ${server.address} is not the one that was read before, or was reset: ${why}`, {
    remedy: `name the right server in source.address, or ${BEGIN_ANEW}`,
  });

export interface Unsent {
  /** Each as a transaction of its own, in the order of the log. */
  readonly items: readonly LogItem[];
  /** Nothing but what servers write for themselves lies between the place that was asked for, or the last incident, and this one. */
  readonly reached: LogPlace;
}

interface EventRow {
  readonly Pos: number | string;
  readonly Event_type: string;
  readonly End_log_pos: number | string;
  readonly Info: string;
}

/** Mostly the first event begins the next transaction. Statements may be long. */
const EVENTS = 10;
const WRITTEN_FOR_SERVERS = /^(Format_desc|Rotate|Stop|Previous_gtids|Gtid_list|Binlog_checkpoint|Start_encryption)$/i;
/** The server's error of a file or an offset in it that it does not have. */
const NO_SUCH_PLACE = 'ER_ERROR_WHEN_EXECUTING_COMMAND';

/**
 * Incidents between the end of one transaction and the beginning of the next. They have no GTID: a server that is asked for what follows
 * some transactions may begin behind them, with the next transaction or the next file. Undefined where its log does not have the place.
 */
export async function unsentIncidents(server: Pick<MysqlServer, 'query'>, from: LogPlace, end: LogPlace): Promise<Unsent | undefined> {
  try {
    return await incidentsBetween(server, from, end);
  } catch (error) {
    const { code } = (toConnectError(error).cause ?? {}) as { readonly code?: string };
    if (code === NO_SUCH_PLACE) return undefined;
    throw error;
  }
}

async function incidentsBetween(server: Pick<MysqlServer, 'query'>, from: LogPlace, end: LogPlace): Promise<Unsent> {
  const items: LogItem[] = [];
  for (const file of await filesBetween(server, from, end)) {
    for (let offset = file === from.file ? from.offset : 4; ; ) {
      const rows = await server.query<EventRow>(`SHOW BINLOG EVENTS IN ? FROM ? LIMIT ${EVENTS}`, [file, offset]);
      for (const { Pos, Event_type: type, End_log_pos, Info } of rows) {
        const place = { file, offset: Number(Pos) };
        if (comparePlaces(place, end) >= 0) return { items, reached: end };
        const isIncident = type === 'Incident';
        if (!isIncident && !WRITTEN_FOR_SERVERS.test(type)) return { items, reached: place };
        offset = Number(End_log_pos);
        if (isIncident) items.push(...transactionOf(place, { file, offset }, Info));
      }
      if (rows.length < EVENTS) break;
    }
  }
  return { items, reached: end };
}

/** Names of files, from the first place's to the last one's; without those that are purged. */
async function filesBetween(server: Pick<MysqlServer, 'query'>, from: LogPlace, end: LogPlace): Promise<string[]> {
  if (from.file === end.file) return [from.file];
  return (await logFiles(server))
    .map(({ name }) => name)
    .filter((file) => comparePlaces({ file, offset: 0 }, { ...from, offset: 0 }) >= 0 && comparePlaces({ file, offset: 0 }, end) <= 0);
}

function transactionOf(place: LogPlace, behind: LogPlace, info: string): LogItem[] {
  const timestamp = Date.now();
  const error = lostEvents(place, info.slice(0, 200));
  return [
    { kind: 'begin', gtid: '', place },
    { kind: 'refused', error, bytes: null, timestamp },
    { kind: 'end', place: behind, timestamp, fate: 'committed' },
  ];
}
