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
import { TableWriter } from './columns/table-writer.ts';
import type { MysqlSourceConfig } from './config.ts';
import { anyServerId, connectionKey } from './connection-options.ts';
import { BinlogStream } from './log/binlog-stream.ts';
import { TableMaps } from './log/table-maps.ts';
import { LogCursor, selectionMark } from './log-cursor.ts';
import { temporalStyle } from './messages/change-format.ts';
import { heartbeat } from './messages/other-records.ts';
import { openStart } from './open-start.ts';
import { STREAM } from './position.ts';
import { Selection } from './selection.ts';
import { MysqlServer } from './server.ts';
import { StreamRecords } from './stream-records.ts';

interface Run {
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
  readonly #onAbort = () => this.#run?.stream?.wake();
  #run: Run | undefined;
  /** Made and not yet handed out. */
  #ready: SourceRecord[] = [];
  #next = 0;
  #told: Position | undefined;
  #beating: boolean;

  constructor(context: SourceTaskContext<MysqlSourceConfig>) {
    this.#context = context;
    this.#told = context.positions.get(STREAM);
    this.#beating = context.config.heartbeat;
  }

  async start(): Promise<void> {
    const { config, clients, signal, connector, positions } = this.#context;
    const server = await clients.get(
      connectionKey(config),
      async () => new MysqlServer(config),
      (opened) => opened.close(),
    );
    const { facts, start, end, caughtUp } = await untilAborted(openStart(server, config, positions.get(STREAM)), signal);
    const selection = new Selection(config);
    const cursor = new LogCursor(start, facts.isMariadb, selectionMark(config));
    const records = new StreamRecords({ connector, config, selection, serverId: facts.serverId, cursor });
    const tables = new TableMaps(server, facts.isMariadb, (table) => new TableWriter(table, config, temporalStyle(config)));
    const serverId = config.serverId ?? anyServerId();
    const stream = caughtUp ? undefined : new BinlogStream({ config, serverId, start: start.boundary, end: end.place, selection, tables });
    this.#run = { cursor, records, stream };
    signal.addEventListener('abort', this.#onAbort);
    stream?.open();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { cursor, stream } = this.#running;
    // A start that was found by looking is stored before the first record is sent.
    if (this.#told === undefined) return { records: [], positions: this.#tell(cursor.boundary), caughtUp: false };
    const records: SourceRecord[] = [];
    let bytes = 0;
    for (;;) {
      throwIfAborted(this.#context.signal);
      while (this.#next < this.#ready.length && records.length < limit.maxRecords && bytes < limit.maxBytes) {
        const record = this.#ready[this.#next] as SourceRecord;
        this.#next += 1;
        records.push(record);
        bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      }
      if (this.#next < this.#ready.length) return { records, caughtUp: false };
      if (!this.#refill(limit)) {
        if (records.length > 0 || stream === undefined || stream.finished) break;
        await stream.arrival();
      }
    }
    const positions = cursor.betweenTransactions && cursor.boundary !== this.#told ? this.#tell(cursor.boundary) : undefined;
    const caughtUp = (stream?.finished ?? true) && this.#ready.length === 0;
    return { records, caughtUp, ...(positions !== undefined && { positions }) };
  }

  async lag(): Promise<Lag> {
    const { stream, records } = this.#running;
    if (stream === undefined || stream.finished) return { ms: 0 };
    return records.reachedAt === undefined ? {} : { ms: Math.max(0, Date.now() - records.reachedAt) };
  }

  async stop(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    await this.#run?.stream?.close();
  }

  /** Makes records of some of what was read; false where nothing was. */
  #refill({ maxRecords }: PollLimit): boolean {
    const { cursor, records, stream } = this.#running;
    this.#ready = [];
    this.#next = 0;
    let taken = false;
    while (this.#ready.length < maxRecords) {
      const item = stream?.take();
      if (item === undefined) break;
      taken = true;
      records.add(item, this.#ready);
    }
    if (taken || !this.#beating || !(stream?.finished ?? true)) return taken;
    this.#beating = false;
    this.#ready.push(heartbeat(this.#context.connector, cursor.boundary));
    return true;
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
