import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type Position,
  type SourceRecord,
  type SourceTask,
  type SourceTaskContext,
  throwIfAborted,
  untilAborted,
} from '../../api/index.ts';
import { charsetsOf } from './charsets/server-charsets.ts';
import { TableWriter } from './columns/table-writer.ts';
import type { MysqlSourceConfig } from './config.ts';
import { anyServerId } from './connection-options.ts';
import { BinlogStream } from './log/binlog-stream.ts';
import type { LogItem } from './log/log-items.ts';
import { TableMaps } from './log/table-maps.ts';
import { LogCursor, selectionMark } from './log-cursor.ts';
import { temporalStyle } from './messages/change-format.ts';
import { heartbeat } from './messages/other-records.ts';
import { openStart } from './open-start.ts';
import { STREAM } from './position.ts';
import { Selection } from './selection.ts';
import { withSnapshot } from './snapshot/stream-position.ts';
import { StreamRecords } from './stream-records.ts';
import { Waiting } from './waiting.ts';
import { warmServer } from './warm-server.ts';

export interface MysqlSourceOptions {
  /** The last snapshot that the stream has waited for, told by its positions from now on; those it is given are without. Default 0. */
  readonly snapshot?: number;
  /** See `StreamRecordsOptions`. */
  readonly onDefinition?: (statement: string) => void;
}

/** Of records that are made and not yet handed out. */
const PAUSE_BYTES = 4 * 1024 * 1024;
const RESUME_BYTES = PAUSE_BYTES / 2;

interface Run {
  /** Where it began. */
  readonly start: Position;
  readonly cursor: LogCursor;
  readonly records: StreamRecords;
  /** Undefined where the server has nothing new. */
  readonly stream: BinlogStream | undefined;
}

/**
 * Copies the changes in a server's binary log, from its position to the log's end as it is when the run begins. A position is the
 * set of transactions that are done, or a place in the log; see `position.ts`.
 */
export class MysqlSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<MysqlSourceConfig>;
  readonly #snapshot: number;
  readonly #onDefinition: MysqlSourceOptions['onDefinition'];
  readonly #onAbort = () => this.#run?.stream?.wake();
  #run: Run | undefined;
  readonly #waiting = new Waiting();
  #told: Position | undefined;
  #beating: boolean;

  constructor(context: SourceTaskContext<MysqlSourceConfig>, { snapshot = 0, onDefinition }: MysqlSourceOptions = {}) {
    this.#context = context;
    this.#snapshot = snapshot;
    this.#onDefinition = onDefinition;
    const place = context.positions.get(STREAM);
    this.#told = place === undefined ? undefined : withSnapshot({ snapshot, place });
    this.#beating = context.config.heartbeat;
  }

  async start(): Promise<void> {
    const { config, clients, signal, connector, positions } = this.#context;
    const server = await warmServer(config, clients);
    const { facts, start, end, caughtUp } = await untilAborted(openStart(server, config, positions.get(STREAM)), signal);
    const selection = new Selection(config);
    const cursor = new LogCursor(start, facts.isMariadb, selectionMark(config), this.#snapshot);
    const records = new StreamRecords({ connector, config, selection, serverId: facts.serverId, cursor, onDefinition: this.#onDefinition });
    const tables = new TableMaps(
      server,
      facts.isMariadb,
      (table) => new TableWriter(table, config, temporalStyle(config), charsetsOf(server)),
    );
    const begin = { config, serverId: config.serverId ?? anyServerId(), start: start.boundary, end: end.place, selection, tables };
    const stream = caughtUp ? undefined : new BinlogStream({ ...begin, onItem: (item) => this.#take(item) });
    this.#run = { start: cursor.boundary, cursor, records, stream };
    signal.addEventListener('abort', this.#onAbort);
    stream?.open();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { cursor, stream } = this.#running;
    // A start that was found by looking is stored before the first record is sent.
    if (this.#told === undefined) return { records: [], positions: this.#tell(this.#running.start), caughtUp: false };
    const records: SourceRecord[] = [];
    let bytes = 0;
    for (;;) {
      throwIfAborted(this.#context.signal);
      bytes = this.#waiting.take(records, bytes, limit);
      // May bring more at once.
      if (this.#waiting.bytes < RESUME_BYTES) stream?.resume();
      if (!this.#waiting.empty) return { records, caughtUp: false };
      const finished = stream?.finished ?? true;
      if (finished && this.#beating) {
        this.#beating = false;
        this.#waiting.add([heartbeat(this.#context.connector, cursor.boundary)]);
      } else if (finished || records.length > 0) break;
      else await stream?.arrival();
    }
    const positions = cursor.betweenTransactions && cursor.boundary !== this.#told ? this.#tell(cursor.boundary) : undefined;
    return { records, caughtUp: stream?.finished ?? true, ...(positions !== undefined && { positions }) };
  }

  async lag(): Promise<Lag> {
    const { stream, records } = this.#running;
    if (this.#waiting.empty && (stream?.finished ?? true)) return { ms: 0 };
    const reachedAt = this.#waiting.timestamp ?? records.reachedAt;
    return reachedAt === undefined ? {} : { ms: Math.max(0, Date.now() - reachedAt) };
  }

  async stop(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    await this.#run?.stream?.close();
  }

  /** Makes records at once: rows that wait as values are more in memory. */
  #take(item: LogItem): void {
    const { records, stream } = this.#running;
    const made: SourceRecord[] = [];
    records.add(item, made);
    this.#waiting.add(made);
    if (this.#waiting.bytes > PAUSE_BYTES) stream?.pause();
  }

  #tell(position: Position): ReadonlyMap<string, Position> {
    this.#told = position;
    return new Map([[STREAM, position]]);
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the MySQL source was used before its start');
    return this.#run;
  }
}
