import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { administrator } from './servers/mysql-cnf.ts';

/** Manages a MySQL or MariaDB server of a local stack as its administrator. It has one connection, and opens another when that breaks. */
export class MysqlAdmin {
  readonly address: string;
  #connection: Promise<Connection> | undefined;

  constructor(address: string) {
    this.address = address;
  }

  /** Runs one or several statements. Only one statement may have values. */
  async run(sql: string, values: readonly unknown[] = []): Promise<void> {
    await (await this.connection()).query(sql, [...values]);
  }

  async rows<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const [rows] = await (await this.connection()).query<RowDataPacket[]>(sql, [...values]);
    return rows as T[];
  }

  /** Statements may have up to 32 MiB. */
  connection(): Promise<Connection> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async close(): Promise<void> {
    const opened = this.#connection;
    this.#connection = undefined;
    await opened?.then((connection) => connection.destroy()).catch(() => {});
  }

  async #open(): Promise<Connection> {
    const [host = '', port] = this.address.split(':');
    const connection = await createConnection({
      host,
      port: Number(port),
      ...administrator,
      multipleStatements: true,
      timezone: 'Z',
      dateStrings: true,
    });
    connection.on('error', () => {
      this.#connection = undefined;
    });
    return connection;
  }
}
