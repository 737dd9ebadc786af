import { createConnection, type QueryOptions, type RowDataPacket } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { patience } from '../../../kit/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import { connectionOptions } from './connection-options.ts';
import { type ConnectionWithSocket, withSocket } from './mysql2-internals.ts';

/** Values by index of the column, in the bytes of the text protocol. */
export type ByteRow = Array<Buffer | null>;

/**
 * Times in UTC; no date that a table holds is refused where it is compared; each statement sees what is there when it begins, and all of
 * it; texts in UTF-8. Administrators set other things for all sessions.
 */
const SESSION = "SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = '', autocommit = 1, sql_select_limit = 18446744073709551615";
/** The server's error of a statement that was stopped. */
const INTERRUPTED = 1317;
/** Rows that the client holds, at most: each may be large. */
const ROWS_AHEAD = 8;
const IN_BYTES: Pick<QueryOptions, 'rowsAsArray' | 'typeCast'> = { rowsAsArray: true, typeCast: false };

export const connectionClosed = (): ConnectError => new ConnectError('INTERRUPTED', 'the connection was closed', { retriable: true });

/** One connection for queries. All that is under way on it rejects as soon as it is lost or ended: the client itself tells only some. */
export class ServerConnection {
  /** Only the client without promises gives rows as they come, and has its socket before the server answers. */
  readonly #core: ConnectionWithSocket;
  readonly #connection: Connection;
  readonly #config: MysqlConnectionConfig;
  readonly #section: Direction;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.end(this.#signal.reason);
  readonly #pending = new Set<(reason: unknown) => void>();
  #reason: unknown;
  #retired = false;

  private constructor(config: MysqlConnectionConfig, section: Direction, signal: AbortSignal) {
    this.#core = withSocket(createConnection(connectionOptions(config, section)));
    this.#connection = this.#core.promise();
    this.#config = config;
    this.#section = section;
    this.#signal = signal;
    this.#core.on('error', (error) => this.end(error));
    signal.addEventListener('abort', this.#onAbort);
  }

  /**
   * Rejects with what the client, Node or the server says. Once `signal` aborts, the connection is ended at once with the signal's reason,
   * whether it is open or is still being opened.
   */
  static async open(config: MysqlConnectionConfig, section: Direction, signal: AbortSignal): Promise<ServerConnection> {
    signal.throwIfAborted();
    const opened = new ServerConnection(config, section, signal);
    try {
      await opened.#untilEnded(() => new Promise((resolve) => opened.#core.once('connect', resolve)));
      await opened.#setUp(config.connectTimeoutMs);
      return opened;
    } catch (error) {
      opened.end(error);
      throw error;
    }
  }

  /** The client's own timer would go on when the connection is ended, and with it the process. */
  async #setUp(withinMs: number): Promise<void> {
    const came = patience(withinMs, () => this.end(late('no answer in time')));
    await this.query({ sql: SESSION }).finally(came);
  }

  /** Nothing more may be asked of it. */
  get ended(): boolean {
    return this.#retired || this.#reason !== undefined;
  }

  /** The server's number for it. */
  get thread(): number {
    return this.#core.threadId ?? 0;
  }

  query(options: QueryOptions): Promise<RowDataPacket[]> {
    return this.#untilEnded(async () => {
      const [rows] = await this.#connection.query<RowDataPacket[]>(options);
      return rows;
    });
  }

  queryBytes(sql: string, timeoutMs: number): Promise<ByteRow[]> {
    return this.query({ sql, ...IN_BYTES, timeout: timeoutMs }) as unknown as Promise<ByteRow[]>;
  }

  /** Hands on each row as it comes, so that none has to be kept. Once `onRow` returns false or throws, the server stops and none is handed on. */
  async eachRow(sql: string, timeoutMs: number, onRow: (row: ByteRow) => boolean): Promise<void> {
    let problem: { readonly thrown: unknown } | undefined;
    let stopped: Promise<void> | undefined;
    const take = (row: unknown) => {
      if (stopped !== undefined) return;
      try {
        if (onRow(row as ByteRow)) return;
      } catch (thrown) {
        problem = { thrown };
      }
      // Where it can't be told, all rows come and go.
      stopped = this.#stopQuery(timeoutMs).catch(() => {});
    };
    await this.#untilEnded(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#core
            .query({ sql, ...IN_BYTES, timeout: timeoutMs })
            .on('result', take)
            .on('error', (error: { errno?: number }) => (stopped !== undefined && error.errno === INTERRUPTED ? resolve() : reject(error)))
            .on('end', resolve);
        }),
    );
    await stopped;
    // It may have come too late, and would end the statement that comes next.
    if (stopped !== undefined) await this.query({ sql: 'DO 0', timeout: timeoutMs }).catch(() => {});
    if (problem !== undefined) throw problem.thrown;
  }

  async #stopQuery(timeoutMs: number): Promise<void> {
    const other = await ServerConnection.open(this.#config, this.#section, this.#signal);
    try {
      await other.query({ sql: `KILL QUERY ${this.thread}`, timeout: timeoutMs });
    } finally {
      other.end();
    }
  }

  /** Gives rows as they are asked for. `silenceMs`: how long one may take to come. */
  async *rows(sql: string, silenceMs: number): AsyncGenerator<ByteRow, undefined> {
    const stream = this.#core.query({ sql, ...IN_BYTES }).stream({ highWaterMark: ROWS_AHEAD });
    const rows = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        // A row that nobody asks for is not late: no limit may run while the caller has the last one, and it may never ask again.
        const came = patience(silenceMs, () => stream.destroy(late('no row in time')));
        const { value, done } = await this.#untilEnded(() => rows.next()).finally(came);
        if (done) return;
        yield value as ByteRow;
      }
    } finally {
      stream.destroy();
    }
  }

  /** Ends when all that is under way has its answer. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) this.end();
  }

  /** At once, without a word to the server. */
  end(reason: unknown = connectionClosed()): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#signal.removeEventListener('abort', this.#onAbort);
    for (const reject of this.#pending) reject(reason);
    this.#core.destroy();
    // What the client does waits for a peer that may be gone.
    this.#core.stream.destroy();
  }

  async #untilEnded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#reason !== undefined) throw this.#reason;
    let tell = (_: unknown) => {};
    const ended = new Promise<never>((_, reject) => {
      tell = reject;
      this.#pending.add(tell);
    });
    try {
      return await Promise.race([work(), ended]);
    } finally {
      this.#pending.delete(tell);
      if (this.#retired) this.retire();
    }
  }
}

/** Says what the client says of a query that got no answer. */
const late = (what: string): Error => Object.assign(new Error(what), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
