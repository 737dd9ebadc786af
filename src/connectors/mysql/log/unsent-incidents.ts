import { toConnectError } from '../../../api/index.ts';
import { logFiles } from '../position/log-end.ts';
import { comparePlaces, type LogPlace } from '../position/position.ts';
import type { MysqlServer } from '../server/server.ts';
import type { LogItem } from './log-items.ts';
import { lostEvents } from './refusals.ts';

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
const ROWS = 10;
const WRITTEN_FOR_SERVERS = /^(Format_desc|Rotate|Stop|Previous_gtids|Gtid_list|Binlog_checkpoint|Start_encryption)$/i;
/** The server's error of a file or an offset in it that it does not have. */
const NO_SUCH_PLACE = 'ER_ERROR_WHEN_EXECUTING_COMMAND';

/**
 * Incidents between the end of one transaction and the beginning of the next. They have no GTID: a server that is asked for what follows
 * some transactions may begin behind them, with the next transaction or the next file. Undefined where its log does not have the place.
 */
export async function unsentIncidents(server: Pick<MysqlServer, 'query'>, from: LogPlace, end: LogPlace): Promise<Unsent | undefined> {
  try {
    return await look(server, from, end);
  } catch (error) {
    const { code } = (toConnectError(error).cause ?? {}) as { readonly code?: string };
    if (code === NO_SUCH_PLACE) return undefined;
    throw error;
  }
}

async function look(server: Pick<MysqlServer, 'query'>, from: LogPlace, end: LogPlace): Promise<Unsent> {
  const items: LogItem[] = [];
  for (const file of await filesBetween(server, from, end)) {
    for (let offset = file === from.file ? from.offset : 4; ; ) {
      const rows = await server.query<EventRow>(`SHOW BINLOG EVENTS IN ? FROM ? LIMIT ${ROWS}`, [file, offset]);
      for (const { Pos, Event_type: type, End_log_pos, Info } of rows) {
        const place = { file, offset: Number(Pos) };
        if (comparePlaces(place, end) >= 0) return { items, reached: end };
        const isIncident = type === 'Incident';
        if (!isIncident && !WRITTEN_FOR_SERVERS.test(type)) return { items, reached: place };
        offset = Number(End_log_pos);
        if (isIncident) items.push(...transactionOf(place, { file, offset }, Info));
      }
      if (rows.length < ROWS) break;
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
