import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { administrator } from '../../../infra/local/servers/mysql-cnf.ts';
import { type FailedRecord, type SinkRecord, type SourceRecord, silentLogger } from '../../../src/api/index.ts';
import { mysqlSink } from '../../../src/connectors/mysql/index.ts';
import type { MysqlSinkConfig } from '../../../src/connectors/mysql/sink/config.ts';
import { createPositions } from '../../../src/connectors/mysql/sink/positions.ts';
import { MysqlSinkTask } from '../../../src/connectors/mysql/sink/sink.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { uniqueName } from '../../support/names.ts';
import { started } from '../../support/sink/batches.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { ServerName } from './mysql-lab.ts';

export type SinkOptions = { [K in keyof MysqlSinkConfig]?: unknown };

export const QUEUE = 'orders:broker-a:0';
/** For a server of a busy machine to answer. */
const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 120_000 };
/** On a busy machine, too. */
const WRITE_MS = 300_000;

/** A database that a sink's task writes, as the runtime runs it. `await using`. */
export class MysqlSinkLab implements AsyncDisposable {
  readonly admin: MysqlAdmin;
  readonly database = uniqueName('target').replaceAll('-', '_');
  readonly clients = new WarmClients();
  /** How many records were written, over all tasks. */
  #written = 0;
  #epoch = 0;

  private constructor(address: string) {
    this.admin = new MysqlAdmin(address);
  }

  static async open(server: ServerName): Promise<MysqlSinkLab> {
    return MysqlSinkLab.at((await stackAddresses())[server]);
  }

  /** On a server of the test's own. */
  static async at(address: string): Promise<MysqlSinkLab> {
    const lab = new MysqlSinkLab(address);
    const { admin, database } = lab;
    await admin.run(`CREATE DATABASE ${database}; ${createPositions({ database, table: 'rocketmq_connect_positions' })}`);
    return lab;
  }

  /** Statements in the lab's database. */
  run(sql: string): Promise<void> {
    return this.admin.run(`USE ${this.database}; SET sql_mode = '', time_zone = '+00:00'; ${sql}`);
  }

  rows(sql: string): Promise<Array<Record<string, unknown>>> {
    return this.admin.rows(sql.replaceAll('$', `${this.database}.`));
  }

  /** Rows of a table as JavaScript has them, by the first column. */
  table(name: string): Promise<Array<Record<string, unknown>>> {
    return this.rows(`SELECT * FROM $${name} ORDER BY 1`);
  }

  config(options: SinkOptions = {}): MysqlSinkConfig {
    const { user: username, password } = administrator;
    const own = {
      address: this.admin.address,
      username,
      ...(password !== '' && { password }),
      table: `${this.database}.{{table}}`,
      ...PATIENT,
    };
    return mysqlSink.config.parse({ ...own, ...options });
  }

  check(options: SinkOptions = {}, ...topics: string[]) {
    const context = {
      connector: 'lab',
      logger: silentLogger,
      clients: this.clients,
      signal: new AbortController().signal,
      topics: topics.length === 0 ? ['orders'] : topics,
    };
    return mysqlSink.create(this.config(options), context).check();
  }

  /** A task that is started, and has this queue. */
  async task(options: SinkOptions = {}, queue = QUEUE): Promise<MysqlSinkTask> {
    this.#epoch += 1;
    const taskConfig = { partitions: [queue] };
    return started(MysqlSinkTask, { config: this.config(options), clients: this.clients, taskConfig, epoch: this.#epoch });
  }

  /** Writes once, by a task of its own. */
  async write(records: readonly SinkRecord[], options: SinkOptions = {}): Promise<void> {
    await this.hand(await this.task(options), records);
  }

  /** Hands the task a batch of a queue. */
  async hand(
    task: MysqlSinkTask,
    records: readonly SinkRecord[],
    settled?: () => Promise<void>,
    queue = QUEUE,
  ): Promise<{ failed?: readonly FailedRecord[] }> {
    this.#written += records.length;
    const deadline = Date.now() + WRITE_MS;
    const { signal } = new AbortController();
    return task.write({
      lane: queue,
      partition: queue,
      records,
      position: String(this.#written),
      deadline,
      signal,
      ...(settled && { settled }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.run(`DROP DATABASE ${this.database}`);
    await Promise.all([this.clients.close(), this.admin.close()]);
  }
}

/** A record as it comes from RocketMQ. */
export function queued(value: unknown, more: Partial<SinkRecord> = {}): SinkRecord {
  const bytes = value === null || Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { topic: 'orders', partition: QUEUE, offset: 0, key: null, value: bytes, headers: [], bornAt: 1, storedAt: 1, ...more };
}

/** What a source wrote, as a sink gets it. */
export const fromSource = ({ key, value, headers }: SourceRecord): SinkRecord => queued(value, { key, headers });

/** A change event of a table. */
export const change = (op: string, table: string, before: object | null, after: object | null): SinkRecord =>
  queued({ before, after, source: { db: 'shop', table }, op });
