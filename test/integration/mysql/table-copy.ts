import { setTimeout as sleep } from 'node:timers/promises';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { reportOf, runWorker, startWorker } from '../../support/crash/run-worker.ts';
import { uniqueName } from '../../support/names.ts';
import type { Death, SinkRuns } from './copied-tables-histories.ts';
import type { ServerName } from './mysql-lab.ts';
import { MysqlSinkLab } from './mysql-sink-lab.ts';
import { SnapshotCopy } from './snapshot-copy.ts';
import { createStatement, keyColumns, type TableName, tableNames } from './snapshot-fold-tables.ts';

const WORKER_DEADLINE_MS = 20_000;

/** A connector from a database to a topic, and one from there to another database of the same server. `await using`. */
export class TableCopy {
  readonly source: SnapshotCopy;
  readonly #target: MysqlSinkLab;
  readonly #rocketmq: RocketmqAdmin;
  readonly #name = uniqueName('back');
  #maxTasks = 1;
  /** How many workers of the sink were killed. */
  kills = 0;

  private constructor(source: SnapshotCopy, target: MysqlSinkLab, rocketmq: RocketmqAdmin) {
    this.source = source;
    this.#target = target;
    this.#rocketmq = rocketmq;
  }

  /** `charset`: of tables that name none. */
  static async open(server: ServerName, charset: string): Promise<TableCopy> {
    const source = await SnapshotCopy.open(server);
    const target = await MysqlSinkLab.open(server);
    const rocketmq = await RocketmqAdmin.open(source.addresses.rocketmqNamesrv);
    await target.run(`ALTER DATABASE ${target.database} CHARACTER SET ${charset}; ${tableNames.map(createStatement).join('; ')}`);
    return new TableCopy(source, target, rocketmq);
  }

  async apply(maxTasks: number): Promise<void> {
    this.#maxTasks = maxTasks;
    const system = this.#target.config() as unknown as ConnectorSpec['system'];
    await this.source.runtime.apply({ ...this.source.spec(), name: this.#name, type: 'mysql-sink', direction: 'sink', system, maxTasks });
  }

  async plan({ afterMs, maxTasks }: { readonly afterMs: number; readonly maxTasks: number }): Promise<void> {
    await sleep(afterMs);
    await this.apply(maxTasks);
  }

  async run({ task: number, afterMs, times, death }: SinkRuns, aheadMs: number): Promise<void> {
    const { runtime } = this.source;
    const ref = { connector: this.#name, task: number % this.#maxTasks };
    await sleep(afterMs);
    if (death !== undefined) return this.#die(ref, death, aheadMs);
    for (let time = 0; time < times; time += 1) {
      const { outcome, summary } = await runtime.run(ref);
      if (outcome === 'failed') throw new Error(`task ${ref.task} of the sink failed: ${JSON.stringify(summary?.error)}`);
      if (outcome !== 'ran' || summary?.outcome === 'caught-up') return;
    }
  }

  /** Every task of the sink to the end of the topic. */
  async runToEnd(): Promise<void> {
    await this.#rocketmq.dispatched();
    await this.source.runtime.runToEnd(this.#name);
  }

  /** Rows that differ between the databases, a line each. */
  async differences(): Promise<string[]> {
    const { lab } = this.source;
    const there = new Set((await lab.tables()).map(({ name }) => name));
    const wrong: string[] = [];
    for (const table of tableNames.filter((name) => there.has(name))) {
      const [has, got] = await Promise.all([this.#rows(lab.database, table), this.#rows(this.#target.database, table)]);
      for (const key of new Set([...has.keys(), ...got.keys()]))
        if (has.get(key) !== got.get(key)) wrong.push(`${table} ${key}: ${has.get(key)} became ${got.get(key)}`);
    }
    return wrong;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#rocketmq.close();
    await this.#target[Symbol.asyncDispose]();
    await this.source[Symbol.asyncDispose]();
  }

  async #die(run: { readonly connector: string; readonly task: number }, death: Death, aheadMs: number): Promise<void> {
    const { table, addresses } = this.source;
    const order = { table, dynamodb: addresses.dynamodb, deadlineMs: WORKER_DEADLINE_MS, aheadMs, work: { run } };
    if ('method' in death) {
      const { signal } = await runWorker({ ...order, at: death });
      if (signal === 'SIGKILL') this.kills += 1;
      return;
    }
    await using worker = startWorker(order);
    // A worker that finds nothing to write, or another one at work, ends by itself.
    await worker.line(/^(sending$|\{)/);
    await sleep(death.ms);
    worker.kill('SIGKILL');
    const { signal } = await worker.exited;
    if (signal === 'SIGKILL') this.kills += 1;
    else if (reportOf(worker) === undefined) throw new Error(`a worker of the sink failed: ${worker.stderr}`);
  }

  /** Rows by the bytes of their keys. Both tables may keep their texts in different character sets. */
  async #rows(database: string, table: TableName): Promise<Map<string, string>> {
    const keys = keyColumns(table).map(({ name, isText }) => `HEX(${isText ? `CONVERT(${name} USING utf8mb4)` : name})`);
    const rows = await this.#target.rows(`SELECT CONCAT_WS(' ', ${keys}) AS k, CONCAT_WS(' ', n, text) AS v FROM ${database}.${table}`);
    return new Map(rows.map(({ k, v }) => [String(k), String(v)]));
  }
}
