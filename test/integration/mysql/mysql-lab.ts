import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { mysqlUser } from '../../../infra/local/servers/mysql-cnf.ts';
import { type ConnectError, type PollResult, type Position, type SourceRecord, silentLogger } from '../../../src/api/index.ts';
import { type MysqlSourceConfig, mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { LogTask } from '../../../src/connectors/mysql/log/log-task.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

export type ServerName = 'mariadb' | 'mysql56';

/** For a server of a busy machine to answer. */
const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 120_000 };

/** What one run of a task gave. */
export interface RunResult {
  readonly records: readonly SourceRecord[];
  readonly position: Position | undefined;
}

/** A database of its own on one of the stack's servers, and a task that reads its changes. */
export class MysqlLab implements AsyncDisposable {
  readonly admin: MysqlAdmin;
  readonly database: string;
  readonly config: Record<string, unknown>;
  readonly clients = new WarmClients();
  /** Ids of what was refused and is passed over. */
  readonly skipped: string[] = [];
  /** Of all runs. */
  readonly notices: string[] = [];

  private constructor(admin: MysqlAdmin, database: string, config: Record<string, unknown>) {
    this.admin = admin;
    this.database = database;
    this.config = config;
  }

  static async open(server: ServerName): Promise<MysqlLab> {
    return MysqlLab.at((await stackAddresses())[server]);
  }

  /** On the server at this address. */
  static async at(address: string, config: Record<string, unknown> = {}): Promise<MysqlLab> {
    const admin = new MysqlAdmin(address);
    const database = uniqueName('lab').replaceAll('-', '_');
    await admin.run(`CREATE DATABASE ${database}`);
    const { mysqlUsername: username, mysqlPassword: password } = mysqlUser;
    return new MysqlLab(admin, database, { address, username, password, tables: [`${database}.*`], ...PATIENT, ...config });
  }

  /** Statements in the lab's database. */
  run(sql: string): Promise<void> {
    return this.admin.run(`USE ${this.database}; SET sql_mode = '', time_zone = '+00:00'; ${sql}`);
  }

  parsed(overrides: Record<string, unknown> = {}): MysqlSourceConfig {
    return mysqlSourceConfig.parse({ ...this.config, ...overrides });
  }

  /** Where the log ends now: a run with it gives what comes later. */
  async now(overrides: Record<string, unknown> = {}): Promise<Position> {
    const { position } = await this.read(undefined, overrides);
    return position as Position;
  }

  /** One run from a position to the end of the log; `maxRecords`: ends it after so many. */
  async read(
    position: Position | undefined,
    overrides: Record<string, unknown> = {},
    maxRecords = Number.POSITIVE_INFINITY,
  ): Promise<RunResult> {
    const task = this.task(position, overrides);
    try {
      await task.start();
      return await this.drain(task, position, maxRecords);
    } finally {
      await task.stop();
    }
  }

  /** A task of one run; the caller starts and stops it. */
  task(position: Position | undefined, overrides: Record<string, unknown> = {}): LogTask {
    return new LogTask({
      connector: 'lab',
      task: 0,
      config: this.parsed(overrides),
      taskConfig: { partitions: ['stream'] },
      logger: silentLogger,
      clients: this.clients,
      signal: new AbortController().signal,
      positions: new Map(position === undefined ? [] : [['stream', position]]),
      positionsOfAll: async () => ({ positions: new Map(), quietAt: 0 }),
    });
  }

  /** What a task gives until it is caught up, or has given so many records. Throws what was refused, but for `skipped`. */
  async drain(task: LogTask, start?: Position, maxRecords = Number.POSITIVE_INFINITY): Promise<RunResult> {
    const records: SourceRecord[] = [];
    let position = start;
    for (let result: PollResult | undefined; !result?.caughtUp && records.length < maxRecords; ) {
      result = await task.poll({ maxRecords: Math.min(1_000, maxRecords - records.length), maxBytes: 1_000_000 });
      const refused = result.records.find((record) => record.refused !== undefined && !this.skipped.includes(record.id));
      if (refused !== undefined) throw Object.assign(refused.refused as ConnectError, { id: refused.id });
      records.push(...result.records.filter((record) => record.refused === undefined));
      this.notices.push(...(result.notices ?? []));
      position = result.positions?.get('stream') ?? result.records.at(-1)?.position ?? position;
    }
    return { records, position };
  }

  /** Readers of the server's log, whoever they are. */
  async readers(): Promise<number> {
    const processes = await this.admin.rows<{ Command: string }>('SHOW PROCESSLIST');
    return processes.filter(({ Command }) => Command.startsWith('Binlog Dump')).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.run(`DROP DATABASE IF EXISTS ${this.database}`);
    await Promise.all([this.clients.close(), this.admin.close()]);
  }
}

/** The value of a message, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into any part of it
export const jsonOf = ({ value }: SourceRecord): any => (value === null ? null : JSON.parse(value.toString()));
export const keyOf = ({ key }: SourceRecord): string | undefined => key?.toString();
