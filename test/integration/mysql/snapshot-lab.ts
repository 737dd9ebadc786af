import { type Connection, createConnection } from 'mysql2/promise';
import { administrator, mysqlUser } from '../../../infra/local/servers/mysql-cnf.ts';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import type { Key } from '../../../src/connectors/mysql/snapshot/key-values.ts';
import { type EachRow, type KeyRange, keyAt, type Query, readChunk } from '../../../src/connectors/mysql/snapshot/table-queries.ts';
import type { Table } from '../../../src/connectors/mysql/tables/table.ts';
import { readTables, type StoredTable } from '../../../src/connectors/mysql/tables/table-definitions.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { ServerName } from './mysql-lab.ts';

export const SERVERS: readonly ServerName[] = ['mariadb', 'mysql56'];

/** A database of its own on one of the stack's servers, and the connector's way to it. `await using`. */
export class SnapshotLab {
  readonly database = uniqueName('snapshot').replaceAll('-', '_');
  readonly address: string;
  readonly admin: Connection;
  readonly server: MysqlServer;

  private constructor(address: string, admin: Connection) {
    this.address = address;
    this.admin = admin;
    this.server = new MysqlServer(this.config(), 'source');
  }

  /** On one of the stack's servers, or the one at this address. */
  static async open(server: ServerName | { readonly address: string }): Promise<SnapshotLab> {
    const address = typeof server === 'string' ? (await stackAddresses())[server] : server.address;
    const admin = await connectTo(address);
    const lab = new SnapshotLab(address, admin);
    await admin.query(
      `CREATE DATABASE ${lab.database} CHARACTER SET utf8mb4; USE ${lab.database}; SET sql_mode = '', time_zone = '+00:00'`,
    );
    return lab;
  }

  config(options: Record<string, unknown> = {}) {
    const { mysqlUsername: username, mysqlPassword: password } = mysqlUser;
    // On a busy machine a server may take long to take a connection.
    const connectTimeoutMs = 30_000;
    return mysqlSourceConfig.parse({
      address: this.address,
      username,
      password,
      connectTimeoutMs,
      tables: [`${this.database}.*`],
      ...options,
    });
  }

  readonly query: Query = (sql) => this.server.queryBytes(sql);

  /** The keys of the first rows of a range, as a snapshot reads them. */
  async keys(table: Table, range: KeyRange, limit: number): Promise<Key[]> {
    const keys: Key[] = [];
    const eachRow: EachRow = (sql, onRow) => this.server.eachRow(sql, onRow);
    await readChunk(
      eachRow,
      table,
      range,
      limit,
      () => true,
      (row) => keys.push(keyAt(table, row, table.columns.length)) > 0,
    );
    return keys;
  }

  /** The tables as the connector sees them. */
  tables(): Promise<StoredTable[]> {
    return readTables(this.server, new Selection(this.config()));
  }

  async table(name: string): Promise<StoredTable> {
    return (await this.tables()).find((table) => table.name === name) as StoredTable;
  }

  /** One more way to write, beside `admin`. The caller ends it. */
  async connect(): Promise<Connection> {
    const connection = await connectTo(this.address);
    await connection.query(`USE ${this.database}; SET sql_mode = '', innodb_lock_wait_timeout = 2`);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.query(`DROP DATABASE ${this.database}`);
    await this.admin.end();
    this.server.close();
  }
}

const connectTo = (address: string): Promise<Connection> => {
  const [host, port] = address.split(':') as [string, string];
  return createConnection({ host, port: Number(port), ...administrator, charset: 'utf8mb4', multipleStatements: true });
};
