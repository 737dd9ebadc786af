import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type Position,
  type SourceRecord,
  type SourceTask,
  type SourceTaskContext,
} from '../../../api/index.ts';
import { throwIfAborted, untilAborted } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { temporalStyle } from '../messages/change-format.ts';
import { heartbeat } from '../messages/other-records.ts';
import { WaitingRecords } from '../messages/waiting-records.ts';
import { isAtOrBehind } from '../position/log-end.ts';
import { type LogPlace, STREAM, withSnapshot } from '../position/position.ts';
import { warmServer } from '../server/server.ts';
import { asServerCompares } from '../server/server-facts.ts';
import type { Table } from '../tables/table.ts';
import { charsetsOf } from '../values/charsets/server-charsets.ts';
import { TableWriter } from '../values/table-writer.ts';
import { CommittedLog } from './committed-log.ts';
import { LogCursor, selectionMark } from './log-cursor.ts';
import type { LogItem } from './log-items.ts';
import { openStart } from './open-start.ts';
import { StreamRecords } from './stream-records.ts';
import { TableMaps } from './tables/table-maps.ts';

export interface LogTaskOptions {
  /** The last snapshot that the stream has waited for. Positions that the task reports contain it; those it is given do not. Default 0. */
  readonly snapshot?: number;
  /** See `StreamRecordsOptions`. */
  readonly onDefinition?: (statement: string) => void;
}

/** Reading pauses while records that no poll has taken yet have this size. */
const ENOUGH_BYTES = 2 * 1024 * 1024;
/** How often a poll reports the place in the log when no record came: rows of the selected tables may be rare. */
const TELL_EVERY_MS = 1_000;

interface Run {
  /** The position at which the run started. */
  readonly start: Position;
  readonly cursor: LogCursor;
  readonly records: StreamRecords;
  /** Undefined where the server has nothing new. */
  readonly log: CommittedLog | undefined;
}

/**
 * Copies the changes in a server's binary log, from its position to the log's end as it is when the run begins. A position is the
 * set of transactions that are done, or a place in the log; see `position.ts`.
 */
export class LogTask implements SourceTask {
  readonly #context: SourceTaskContext<MysqlSourceConfig>;
  readonly #snapshot: number;
  readonly #onDefinition: LogTaskOptions['onDefinition'];
  readonly #onAbort = () => this.#run?.log?.wake();
  #run: Run | undefined;
  readonly #waiting = new WaitingRecords();
  readonly #notices = new Set<string>();
  #told: Position | undefined;
  #toldAt = 0;
  #beating: boolean;
  #left = false;

  constructor(context: SourceTaskContext<MysqlSourceConfig>, { snapshot = 0, onDefinition }: LogTaskOptions = {}) {
    this.#context = context;
    this.#snapshot = snapshot;
    this.#onDefinition = onDefinition;
    const place = context.positions.get(STREAM);
    this.#told = place === undefined ? undefined : withSnapshot({ snapshot, place });
    this.#beating = context.config.heartbeat;
  }

  async start(): Promise<void> {
    const { clients, signal, connector, positions } = this.#context;
    const server = await warmServer(this.#context.config, 'source', clients);
    const config = await untilAborted(asServerCompares(server, this.#context.config), signal);
    const { facts, start, end, caughtUp, unsent } = await untilAborted(openStart(server, config, positions.get(STREAM)), signal);
    const selection = new Selection(config);
    const cursor = new LogCursor(start, facts, selectionMark(config), this.#snapshot);
    const records = new StreamRecords({ connector, config, selection, serverId: facts.serverId, cursor, onDefinition: this.#onDefinition });
    const makeWriter = (table: Table) => new TableWriter(table, config, temporalStyle(config), charsetsOf(server));
    const makeTables = () => new TableMaps(server, facts.isMariadb, makeWriter, (notice) => this.#notices.add(notice));
    const isBehind = (place: LogPlace, gtids: string) => isAtOrBehind(server, facts, place, gtids);
    const options = { config, serverId: config.serverId, start: start.boundary, end: end.place, selection, makeTables, isBehind };
    const log = caughtUp ? undefined : new CommittedLog(options);
    this.#run = { start: cursor.boundary, cursor, records, log };
    for (const item of unsent) this.#make(item);
    signal.addEventListener('abort', this.#onAbort);
    log?.open();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    // A start that was found by looking is stored before the first record is sent.
    if (this.#told === undefined) return { records: [], positions: this.#tell(this.#running.start), caughtUp: false };
    if (this.#left) return { records: [], caughtUp: true };
    const { cursor, records: made, log } = this.#running;
    const records: SourceRecord[] = [];
    for (let bytes = 0; ; ) {
      throwIfAborted(this.#context.signal);
      this.#makeRecords();
      bytes = this.#waiting.take(records, bytes, limit);
      if (!this.#waiting.empty) break;
      const finished = log?.finished ?? true;
      if (finished && this.#beating) {
        this.#beating = false;
        this.#waiting.add([heartbeat(this.#context.connector, cursor.boundary)]);
      } else if (finished || records.length > 0 || this.#isTimeToTell()) break;
      else if (log?.empty) await log.arrival();
    }
    const caughtUp = this.#waiting.empty && (log?.finished ?? true);
    const notices = [...this.#notices, ...made.takeNotices()];
    this.#notices.clear();
    const result = { records, caughtUp, ...(notices.length > 0 && { notices }) };
    const moved = this.#waiting.empty && cursor.betweenTransactions && cursor.boundary !== this.#told;
    return moved ? { ...result, positions: this.#tell(cursor.boundary) } : result;
  }

  leave(): void {
    this.#left = true;
  }

  async lag(): Promise<Lag> {
    const { log, records } = this.#running;
    if (this.#waiting.empty && (log?.finished ?? true)) return { ms: 0 };
    const reachedAt = this.#waiting.timestamp ?? records.reachedAt;
    return reachedAt === undefined ? {} : { ms: Math.max(0, Date.now() - reachedAt) };
  }

  async stop(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    await this.#run?.log?.close();
  }

  /** Few at a time: rows as they are in the log take less memory. */
  #makeRecords(): void {
    const { log } = this.#running;
    while (this.#waiting.bytes < ENOUGH_BYTES) {
      const item = log?.shift();
      if (item === undefined) return;
      this.#make(item);
      if (this.#waiting.empty && this.#isTimeToTell()) return;
    }
  }

  #make(item: LogItem): void {
    const made: SourceRecord[] = [];
    this.#running.records.add(item, made);
    this.#waiting.add(made);
  }

  #isTimeToTell(): boolean {
    const { cursor } = this.#running;
    return cursor.betweenTransactions && Date.now() - this.#toldAt >= TELL_EVERY_MS && cursor.boundary !== this.#told;
  }

  #tell(position: Position): ReadonlyMap<string, Position> {
    this.#told = position;
    this.#toldAt = Date.now();
    return new Map([[STREAM, position]]);
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the MySQL source was used before its start');
    return this.#run;
  }
}
