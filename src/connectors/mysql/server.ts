import type { Connection as CoreConnection } from 'mysql2';
import { type Connection, createConnection, type QueryOptions, type RowDataPacket } from 'mysql2/promise';
import { ConnectError } from '../../api/index.ts';
import { connectionOptions, type MysqlConnectionConfig } from './connection-options.ts';
import { mysqlError } from './errors.ts';

/** A connection that rested this long may be dead without having been told so: a frozen process sees no packets. */
const STALE_AFTER_MS = 1_000;
const PING_LIMIT_MS = 1_500;
/** Times in UTC, and no date that a table holds is refused where it is compared. */
const SESSION = "SET time_zone = '+00:00', sql_mode = ''";
const IN_BYTES: Pick<QueryOptions, 'rowsAsArray' | 'typeCast'> = { rowsAsArray: true, typeCast: false };

/** Queries to one server, over one connection that is kept between invocations and replaced where it is found dead. Throws ConnectError. */
export class MysqlServer {
  readonly address: string;
  readonly #config: MysqlConnectionConfig;
  #connection: Promise<Connection> | undefined;
  #usedAt = 0;

  constructor(config: MysqlConnectionConfig) {
    this.address = config.address;
    this.#config = config;
  }

  /** Rows of one query. */
  async query<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#ask({ sql, values: [...values] })) as T[];
  }

  /** The same in the bytes of the text protocol, by index of the column; times are in UTC. */
  async queryBytes(sql: string): Promise<Array<Array<Buffer | null>>> {
    return (await this.#ask({ sql, ...IN_BYTES })) as unknown as Array<Array<Buffer | null>>;
  }

  /** The same row by row, over a connection of its own. */
  async *streamBytes(sql: string): AsyncGenerator<Array<Buffer | null>, undefined> {
    let connection: Connection | undefined;
    try {
      connection = await this.#open();
      for await (const row of coreOf(connection)
        .query({ sql, ...IN_BYTES })
        .stream())
        yield row as Array<Buffer | null>;
    } catch (error) {
      throw mysqlError(error, this.address);
    } finally {
      connection?.destroy();
    }
  }

  /** The same, each row as it comes, so that none has to be kept. */
  async eachRow(sql: string, onRow: (row: Array<Buffer | null>) => void): Promise<void> {
    await this.#using(async (connection) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let problem: { readonly thrown: unknown } | undefined;
      coreOf(connection)
        .query({ sql, ...IN_BYTES, timeout: this.#config.requestTimeoutMs })
        .on('result', (row: unknown) => {
          try {
            if (problem === undefined) onRow(row as Array<Buffer | null>);
          } catch (thrown) {
            problem = { thrown };
          }
        })
        .on('error', reject)
        .on('end', resolve);
      await promise;
      if (problem !== undefined) throw problem.thrown;
    });
  }

  async #ask(options: QueryOptions): Promise<RowDataPacket[]> {
    return this.#using(async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>({ ...options, timeout: this.#config.requestTimeoutMs });
      return rows;
    });
  }

  async #using<R>(work: (connection: Connection) => Promise<R>): Promise<R> {
    const connection = await this.#alive();
    try {
      const result = await work(connection);
      this.#usedAt = Date.now();
      return result;
    } catch (error) {
      const problem = mysqlError(error, this.address);
      const answered = error instanceof ConnectError || (error as { sqlState?: string }).sqlState !== undefined;
      // Rights that are granted now count for new connections only.
      if (!answered || problem.code === 'FORBIDDEN') this.#forget(connection);
      throw problem;
    }
  }

  close(): void {
    const closing = this.#connection;
    this.#connection = undefined;
    closing?.then(
      (connection) => connection.destroy(),
      () => {},
    );
  }

  /** One at a time opens or proves the connection; all others wait for it. */
  async #alive(): Promise<Connection> {
    if (this.#connection !== undefined && Date.now() - this.#usedAt > STALE_AFTER_MS) this.#connection = this.#proven(this.#connection);
    this.#connection ??= this.#open();
    const opening = this.#connection;
    this.#usedAt = Date.now();
    try {
      return await opening;
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      throw mysqlError(error, this.address);
    }
  }

  async #open(): Promise<Connection> {
    const connection = await createConnection(connectionOptions(this.#config));
    // Told to whoever asks next; without a listener it would end the process.
    connection.on('error', () => this.#forget(connection));
    try {
      await connection.query({ sql: SESSION, timeout: this.#config.connectTimeoutMs });
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return connection;
  }

  async #proven(opened: Promise<Connection>): Promise<Connection> {
    const connection = await opened;
    try {
      await connection.query({ sql: 'SELECT 1', timeout: PING_LIMIT_MS });
      return connection;
    } catch {
      connection.destroy();
      return this.#open();
    }
  }

  #forget(connection: Connection): void {
    const kept = this.#connection;
    kept?.then(
      (current) => {
        if (current === connection && this.#connection === kept) this.#connection = undefined;
      },
      () => {},
    );
    connection.destroy();
  }
}

/** Only the client without promises gives rows as they come. */
const coreOf = (connection: Connection): CoreConnection => (connection as unknown as { connection: CoreConnection }).connection;
