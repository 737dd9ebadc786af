import type ZongJi from '@vlasky/zongji';
import type { AnyBinlogEvent, ZongJiOptions } from '@vlasky/zongji';
import { ConnectError } from '../../../api/index.ts';
import { silence } from '../../../kit/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import type { Selection } from '../config/selection.ts';
import { type Boundary, comparePlaces, type LogPlace } from '../position/position.ts';
import { mysqlError } from '../server/errors.ts';
import { BinlogEvents } from './binlog-events.ts';
import type { EventHead } from './events/event.ts';
import type { LogItem, LogMark } from './log-items.ts';
import { makeReader, stopReader } from './reader.ts';
import type { TableMaps } from './tables/table-maps.ts';

export interface StreamOptions {
  readonly config: MysqlConnectionConfig;
  readonly serverId: number;
  readonly start: Boundary;
  /** Between two transactions: what comes behind it is left for the next run. */
  readonly end: LogPlace;
  readonly selection: Selection;
  readonly tables: TableMaps;
  /** Whether a place in the log is behind these transactions. */
  readonly isBehind: (place: LogPlace, gtids: string) => Promise<boolean>;
  /** Called with each item, in the order of the log, whatever becomes of its transaction. A throw ends the stream with it. */
  readonly onItem: (item: LogItem | LogMark) => void;
}

/** The server says where it is when it has nothing else to say. */
const HEARTBEAT_NS = 200_000_000;

/** Reads a server's log from a place to its end as it was when the run began. Ends with the first failure; never connects again. */
export class BinlogStream {
  readonly #options: StreamOptions;
  readonly #reader: ZongJi;
  readonly #events: BinlogEvents;
  #paused = false;
  #ended = false;
  #failure: ConnectError | undefined;
  /** Events that arrived. */
  #arrived = 0;
  #endSilence: () => void = () => {};
  #stopped: Promise<void> | undefined;
  #wake: () => void = () => {};

  constructor(options: StreamOptions) {
    const { config, selection, tables, start, onItem } = options;
    this.#options = options;
    this.#reader = makeReader({
      config,
      selection,
      tables,
      arrives: (head) => this.#arrives(head),
      damaged: (error) => this.#damaged(error),
      failed: (error) => this.#fail(error),
    });
    const place = 'gtids' in start ? { file: '.0', offset: 0 } : start;
    const emit = (item: LogItem | LogMark) => {
      onItem(item);
      this.#wake();
    };
    const isBehindStart = 'gtids' in start ? (one: LogPlace) => options.isBehind(one, start.gtids) : undefined;
    this.#events = new BinlogEvents({ tables, selection, emit, start: place, isBehindStart });
    this.#reader.on('ready', () => this.#askForHeartbeats());
    this.#reader.on('binlog', (event: AnyBinlogEvent) => this.#take(event));
  }

  open(): void {
    const { serverId, start } = this.#options;
    const from: ZongJiOptions = 'gtids' in start ? { gtidSet: start.gtids } : { filename: start.file, position: start.offset };
    // A server that says nothing is gone, as it was asked for signs of life. What is not asked for does not come.
    const sign = () => (this.#paused ? {} : this.#arrived);
    this.#endSilence = silence(this.#options.config.requestTimeoutMs, sign, () => this.#giveUp());
    this.#reader.start({ serverId, ...from });
  }

  /** True when the end was reached. */
  get finished(): boolean {
    return this.#ended;
  }

  /** Resolves with the next item, at the end, or when it is woken; at once where none will come. Rejects where the stream failed. */
  async arrival(): Promise<void> {
    if (!this.#ended && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** From now on only what decides about transactions is read, no rows. */
  scan(): void {
    this.#events.scanning = true;
  }

  /** What has already come from the server is still handed on. */
  pause(): void {
    if (this.#paused || this.#ended) return;
    this.#paused = true;
    this.#reader.connection?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#reader.connection?.resume();
  }

  /** Ends the wait of `arrival`. */
  wake(): void {
    this.#wake();
  }

  /** Returns when the server has let go of this reader, or after a second. */
  async close(): Promise<void> {
    this.#endSilence();
    await this.#stop();
  }

  #stop(): Promise<void> {
    this.#stopped ??= stopReader(this.#reader);
    // A failure reaches the caller of close(), which awaits the same promise.
    this.#stopped.catch(() => {});
    return this.#stopped;
  }

  /** False: the event is not decoded. */
  #arrives(head: EventHead): boolean {
    if (this.#ended || this.#failure !== undefined) return false;
    this.#arrived += 1;
    try {
      const wanted = this.#events.arrives(head);
      if (wanted instanceof Promise) this.#hold(wanted);
      else if (!wanted) this.#endWhereReached();
      return wanted === true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #take(event: AnyBinlogEvent): void {
    if (this.#ended || this.#failure !== undefined) return;
    try {
      const pending = this.#events.take(event);
      if (pending === undefined) this.#endWhereReached();
      else this.#hold(pending);
    } catch (error) {
      this.#fail(error);
    }
  }

  #damaged(error: unknown): void {
    if (!this.#events.damaged(error instanceof Error ? error.message : String(error))) this.#fail(error);
  }

  #endWhereReached(): void {
    const { boundary } = this.#events;
    if (boundary !== undefined && comparePlaces(boundary, this.#options.end) >= 0) this.#end();
  }

  /** Reads no further until the promise is fulfilled. */
  #hold(pending: Promise<void>): void {
    this.#reader.connection?.pause();
    pending.then(
      () => {
        this.#endWhereReached();
        if (!this.#paused && !this.#ended) this.#reader.connection?.resume();
      },
      (error) => this.#fail(error),
    );
  }

  #end(): void {
    this.#ended = true;
    this.#endSilence();
    void this.#stop();
    this.#wake();
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure ??= mysqlError(error, this.#options.config.address, 'source');
    this.#endSilence();
    this.#wake();
  }

  #giveUp(): void {
    const { address, requestTimeoutMs } = this.#options.config;
    this.#fail(
      new ConnectError('TIMEOUT', `the MySQL server at ${address} sent nothing for ${requestTimeoutMs} ms`, {
        retriable: true,
        remedy: 'wait for the server; the next run goes on where this one ended',
      }),
    );
  }

  #askForHeartbeats(): void {
    const period = `@master_heartbeat_period = ${HEARTBEAT_NS}, @source_heartbeat_period = ${HEARTBEAT_NS}`;
    this.#reader.connection?.query(`SET ${period}`, (error) => error && this.#fail(error));
  }
}
