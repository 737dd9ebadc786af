import { type ClientCache, ConnectError, type Direction } from '../../../api/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import { connectionKey } from './connection-options.ts';
import { mysqlError } from './errors.ts';
import { lockWait, type Session } from './lock-wait.ts';
import { type ByteRow, connectionClosed, ServerConnection } from './server-connection.ts';

/** A connection that rested this long may be dead without having been told so: a frozen process sees no packets. */
const STALE_AFTER_MS = 1_000;
const PING_LIMIT_MS = 1_500;
/** The client's code of a query that got no answer in time. */
const NO_ANSWER = 'PROTOCOL_SEQUENCE_TIMEOUT';

/** Queries to one server, over one connection that is kept between invocations and replaced where it is found dead. Throws ConnectError. */
export class MysqlServer {
  readonly address: string;
  readonly #config: MysqlConnectionConfig;
  /** The section of the connector file that names it, for errors. */
  readonly #section: Direction;
  readonly #closing = new AbortController();
  #connection: Promise<ServerConnection> | undefined;
  #usedAt = 0;

  constructor(config: MysqlConnectionConfig, section: Direction) {
    this.address = config.address;
    this.#config = config;
    this.#section = section;
  }

  /** Rows of one query. */
  async query<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const timeout = this.#config.requestTimeoutMs;
    return (await this.#using((connection) => connection.query({ sql, values: [...values], timeout }))) as T[];
  }

  /** The same in the bytes of the text protocol, by index of the column; times are in UTC. */
  queryBytes(sql: string): Promise<ByteRow[]> {
    return this.#using((connection) => connection.queryBytes(sql, this.#config.requestTimeoutMs));
  }

  /** The same, each row as it comes, so that none has to be kept, until `onRow` returns false. */
  eachRow(sql: string, onRow: (row: ByteRow) => boolean): Promise<void> {
    return this.#using((connection) => connection.eachRow(sql, this.#config.requestTimeoutMs, onRow));
  }

  /** The same row by row, as they are asked for, over a connection of its own. */
  async *streamBytes(sql: string): AsyncGenerator<ByteRow, undefined> {
    let connection: ServerConnection | undefined;
    try {
      connection = await this.#open();
      yield* connection.rows(sql, this.#config.requestTimeoutMs);
    } catch (error) {
      throw connection === undefined ? mysqlError(error, this.address, this.#section) : await this.#explained(error, connection);
    } finally {
      connection?.end();
    }
  }

  /** Ends all its connections at once, also those that are still being opened. What they were asked rejects with INTERRUPTED, as does what comes later. */
  close(): void {
    this.#closing.abort(connectionClosed());
  }

  #open(): Promise<ServerConnection> {
    return ServerConnection.open(this.#config, this.#section, this.#closing.signal);
  }

  async #using<R>(work: (connection: ServerConnection) => Promise<R>): Promise<R> {
    const connection = await this.#alive();
    try {
      const result = await work(connection);
      this.#usedAt = Date.now();
      return result;
    } catch (error) {
      const problem = await this.#explained(error, connection);
      const answered = error instanceof ConnectError || (error as { sqlState?: string }).sqlState !== undefined;
      if (!answered) connection.end(problem);
      // Rights that are granted now count for new connections only.
      else if (problem.code === 'FORBIDDEN') connection.retire();
      throw problem;
    }
  }

  /** Of a query that got no answer, the lock that it waits for, where the server says so. It waits no longer then: nobody will take its answer. */
  async #explained(error: unknown, { thread }: ServerConnection): Promise<ConnectError> {
    const problem = mysqlError(error, this.address, this.#section);
    if ((error as { code?: string }).code !== NO_ANSWER) return problem;
    let other: ServerConnection | undefined;
    try {
      other = await this.#open();
      const sessions = await other.query({ sql: 'SHOW FULL PROCESSLIST', timeout: PING_LIMIT_MS });
      const wait = lockWait(sessions as unknown as Session[], thread, this.address);
      if (wait !== undefined) await other.query({ sql: `KILL ${thread}`, timeout: PING_LIMIT_MS });
      return wait ?? problem;
    } catch {
      return problem;
    } finally {
      other?.end();
    }
  }

  /** One at a time opens or proves the connection; all others wait for it. */
  async #alive(): Promise<ServerConnection> {
    const kept = this.#connection;
    if (kept === undefined) this.#connection = this.#open();
    else if (Date.now() - this.#usedAt > STALE_AFTER_MS) this.#connection = this.#proven(kept);
    const opening = this.#connection as Promise<ServerConnection>;
    this.#usedAt = Date.now();
    try {
      const connection = await opening;
      if (!connection.ended) return connection;
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      throw mysqlError(error, this.address, this.#section);
    }
    if (this.#connection === opening) this.#connection = undefined;
    return this.#alive();
  }

  async #proven(opened: Promise<ServerConnection>): Promise<ServerConnection> {
    const connection = await opened;
    try {
      if (!connection.ended) await connection.query({ sql: 'SELECT 1', timeout: PING_LIMIT_MS });
    } catch (error) {
      connection.end(error);
    }
    return connection.ended ? this.#open() : connection;
  }
}

/** The server that a section's configuration names, over a connection that is kept between invocations. */
export const warmServer = (config: MysqlConnectionConfig, section: Direction, clients: ClientCache): Promise<MysqlServer> =>
  clients.get(
    connectionKey(config, section),
    async () => new MysqlServer(config, section),
    (server) => server.close(),
  );
