import { type ClientCache, ConnectError } from '../../../api/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import { connectionKey } from '../server/connection-options.ts';
import { ServerConnection } from '../server/server-connection.ts';
import type { Queries } from './target-table.ts';
import { isAnswer, writeError } from './write-errors.ts';

/** A connection that rested this long may be dead without having been told so. */
const STALE_AFTER_MS = 1_000;
const PING_LIMIT_MS = 1_500;
/**
 * A session that says nothing for so long is ended by the server, and with it the locks of a process that was frozen in mid-transaction.
 * Between two statements of a transaction no time passes.
 */
const SILENCE_S = 15;

/**
 * What a value is, the column keeps: no value is cut, turned into another one, or counted up where it is 0. Dates of zeros are values, too.
 * Statements see what others have committed, and lock no gaps between keys.
 */
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO';
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

const sessionOf = (lockWaitS: number): string =>
  `SET sql_mode = '${SQL_MODE}', sql_safe_updates = 0, foreign_key_checks = 1, unique_checks = 1,
       innodb_lock_wait_timeout = ${lockWaitS}, lock_wait_timeout = ${lockWaitS}, wait_timeout = ${SILENCE_S}`;

/** A connection whose session writes. It throws ConnectError, or what the server answered. */
export class WriteConnection implements Queries {
  readonly #connection: ServerConnection;
  readonly #timeoutMs: number;
  packetBytes = 0;
  usedAt = Date.now();

  private constructor(connection: ServerConnection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** Is ended with the reason of `signal` once that aborts. */
  static async open(config: MysqlConnectionConfig, signal: AbortSignal): Promise<WriteConnection> {
    const { requestTimeoutMs } = config;
    const opened = new WriteConnection(await ServerConnection.open(config, 'sink', signal), requestTimeoutMs);
    try {
      // The server says first that it waits for a lock.
      await opened.query(sessionOf(Math.max(1, Math.floor(requestTimeoutMs / 1_000) - 1)));
      await opened.query(ISOLATION);
      const [row] = await opened.query<{ bytes: number | string }>('SELECT @@max_allowed_packet AS bytes');
      opened.packetBytes = Number(row?.bytes);
      return opened;
    } catch (error) {
      opened.end();
      throw error;
    }
  }

  get ended(): boolean {
    return this.#connection.ended;
  }

  query<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.#ask(sql, values, this.#timeoutMs) as Promise<T[]>;
  }

  /** Returns how many rows a statement found, changed or not. */
  async run(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { affectedRows } = (await this.#ask(sql, values, this.#timeoutMs)) as { readonly affectedRows: number };
    return affectedRows;
  }

  /** The client's own timer would go on when the connection is ended, and with it the process. */
  async #ask(sql: string, values: readonly unknown[], withinMs: number): Promise<unknown> {
    const late = Promise.withResolvers<never>();
    const code = 'PROTOCOL_SEQUENCE_TIMEOUT';
    const timer = setTimeout(() => late.reject(Object.assign(new Error('no answer in time'), { code })), withinMs);
    try {
      // Without values the client leaves the statement as it is, and does not search a megabyte of it for places to put some.
      const query = { sql, values: values.length === 0 ? null : [...values] };
      return await Promise.race([this.#connection.query(query), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  end(reason?: unknown): void {
    this.#connection.end(reason);
  }

  /** Whether the server still answers. */
  async isAlive(): Promise<boolean> {
    if (this.ended) return false;
    if (Date.now() - this.usedAt <= STALE_AFTER_MS) return true;
    try {
      await this.#ask('SELECT 1', [], PING_LIMIT_MS);
      return true;
    } catch (error) {
      this.end(error);
      return false;
    }
  }
}

/** Connections of one sink's configuration that rest, for the lanes of this run and of the next one. */
export class WriteConnections {
  readonly address: string;
  readonly #config: MysqlConnectionConfig;
  readonly #resting: WriteConnection[] = [];
  readonly #closing = new AbortController();

  constructor(config: MysqlConnectionConfig) {
    this.#config = config;
    this.address = config.address;
  }

  /**
   * Works on a connection that nobody else has. What `work` has begun and not committed is rolled back where it throws. The connection is
   * ended when `signal` aborts, and where the server did not answer. Throws ConnectError.
   */
  async use<T>(work: (connection: WriteConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    let connection: WriteConnection | undefined;
    const opening = new AbortController();
    const end = () => {
      opening.abort(interrupted());
      connection?.end(interrupted());
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) throw interrupted();
      connection = await this.#take(opening.signal);
      if (signal.aborted) throw interrupted();
      const result = await work(connection);
      this.#rest(connection);
      return result;
    } catch (error) {
      const problem = writeError(error, this.address);
      const isGood = connection?.ended === false && (isAnswer(error) || error instanceof ConnectError);
      // Rights that are granted now count for new connections only.
      if (isGood && problem.code !== 'FORBIDDEN') await this.#rollBack(connection as WriteConnection);
      else connection?.end(error);
      throw problem;
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** Ends all connections at once, also those that are still being opened. Whoever uses one, or asks for one later, gets INTERRUPTED. */
  close(): void {
    this.#closing.abort(interrupted());
  }

  async #take(signal: AbortSignal): Promise<WriteConnection> {
    for (let kept = this.#resting.pop(); kept !== undefined; kept = this.#resting.pop()) if (await kept.isAlive()) return kept;
    return WriteConnection.open(this.#config, AbortSignal.any([this.#closing.signal, signal]));
  }

  #rest(connection: WriteConnection): void {
    connection.usedAt = Date.now();
    if (!connection.ended) this.#resting.push(connection);
  }

  async #rollBack(connection: WriteConnection): Promise<void> {
    try {
      await connection.run('ROLLBACK');
      this.#rest(connection);
    } catch (error) {
      connection.end(error);
    }
  }
}

/** Those of a configuration, kept between invocations. None is open before it is used. */
export const warmWriteConnections = (config: MysqlConnectionConfig, clients: ClientCache): Promise<WriteConnections> =>
  clients.get(
    `${connectionKey(config, 'sink')} writes`,
    async () => new WriteConnections(config),
    (connections) => connections.close(),
  );

const interrupted = (): ConnectError => new ConnectError('INTERRUPTED', 'the write was stopped', { retriable: true });
