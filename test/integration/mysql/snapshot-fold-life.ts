import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { runWorker } from '../../support/crash/run-worker.ts';
import { TimeLapse } from '../../support/time-lapse.ts';
import type { SnapshotCopy } from './snapshot-copy.ts';
import { type Change, changeStatement, createStatement, type TableName } from './snapshot-fold-tables.ts';
import type { History, Plan, Runs, Step, Transaction } from './snapshot-histories.ts';

/** After it every lease is over. */
const LONG_MS = 20 * 60_000;
const EVERYTHING = 1_000_000;

export interface Beside {
  /** What else happens beside a step, by its place in the history. `aheadMs`: how far the clock is ahead. */
  step(index: number, aheadMs: number): Promise<void>;
  /** What else is left to do, once all leases are over and the messages are complete. */
  end(): Promise<void>;
}

/** Lives through a history, and copies what is left. Returns how many workers were killed. Throws where a task fails. */
export async function live(copy: SnapshotCopy, history: History, beside?: Beside): Promise<{ readonly kills: number }> {
  using time = new TimeLapse();
  await using life = await Life.begin(copy, history, time);
  for (const [index, each] of history.steps.entries()) await life.step(each, beside?.step(index, time.ms));
  await life.end();
  await beside?.end();
  return { kills: life.kills };
}

class Life {
  readonly #copy: SnapshotCopy;
  readonly #time: TimeLapse;
  readonly #writers: readonly Connection[];
  readonly #maxRecords: number;
  readonly #tables = new Set<TableName>();
  #maxTasks: number;
  #written = 0;
  /** How many workers were killed. */
  kills = 0;

  private constructor(copy: SnapshotCopy, { maxTasks, maxRecords }: History, time: TimeLapse, connections: readonly Connection[]) {
    this.#copy = copy;
    this.#time = time;
    this.#writers = connections;
    this.#maxTasks = maxTasks;
    this.#maxRecords = maxRecords;
  }

  /** The first plan is made while the first step's writers write. */
  static async begin(copy: SnapshotCopy, history: History, time: TimeLapse): Promise<Life> {
    const count = Math.max(...history.steps.map((each) => each.writers.length));
    const connections = await Promise.all(Array.from({ length: count }, () => copy.lab.connect()));
    const life = new Life(copy, history, time, connections);
    await copy.lab.admin.query(`ALTER DATABASE ${copy.lab.database} CHARACTER SET ${history.charset}`);
    for (const table of history.tables) await life.#write(copy.lab.admin, { table, kind: 'insert', from: 0, count: history.rows });
    const [first] = history.steps as [Step];
    await Promise.all([
      ...first.writers.map((transactions, writer) => life.#writeAll(transactions, writer)),
      life.#apply(history.maxRecords),
    ]);
    return life;
  }

  async step(each: Step, beside: Promise<void> = Promise.resolve()): Promise<void> {
    const happening = [
      beside,
      ...each.writers.map((transactions, writer) => this.#writeAll(transactions, writer)),
      ...each.runs.map((task) => this.#run(task)),
      ...(each.plan === undefined ? [] : [this.#plan(each.plan)]),
    ];
    const failed = (await Promise.allSettled(happening)).find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    if (each.timePasses) this.#time.pass(LONG_MS);
  }

  async end(): Promise<void> {
    this.#time.pass(LONG_MS);
    await this.#apply(EVERYTHING);
    this.#time.pass(LONG_MS);
    await this.#copy.runToEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#writers) await connection.end();
  }

  async #apply(maxRecords: number): Promise<void> {
    await this.#copy.apply({}, { maxTasks: this.#maxTasks, batch: { ...this.#copy.spec().batch, maxRecords } });
  }

  async #plan(plan: Plan): Promise<void> {
    await sleep(plan.afterMs);
    if ('maxTasks' in plan) {
      this.#maxTasks = plan.maxTasks;
      await this.#apply(this.#maxRecords);
    } else if (this.#tables.has(plan.snapshot)) {
      const tables = [`${this.#copy.lab.database}.${plan.snapshot}`];
      const response = await this.#copy.ask({ action: 'snapshot', connector: this.#copy.name, tables });
      if (!response.ok) throw new Error(`snapshot: ${JSON.stringify(response.error)}`);
    }
  }

  async #run({ task: number, afterMs: delay, times, dieAt: at }: Runs): Promise<void> {
    const ref = { connector: this.#copy.name, task: number % this.#maxTasks };
    await sleep(delay);
    if (at !== undefined) {
      const { table, addresses } = this.#copy;
      const { signal } = await runWorker({
        table,
        dynamodb: addresses.dynamodb,
        deadlineMs: 20_000,
        aheadMs: this.#time.ms,
        at,
        work: { run: ref },
      });
      if (signal === 'SIGKILL') this.kills += 1;
      return;
    }
    for (let time = 0; time < times; time += 1) {
      const { outcome, summary } = await this.#copy.runtime.run(ref);
      if (outcome === 'failed') throw new Error(`task ${ref.task} failed: ${JSON.stringify(summary?.error)}`);
      if (outcome !== 'ran' || summary?.outcome === 'caught-up') return;
    }
  }

  async #writeAll(transactions: readonly Transaction[], writer: number): Promise<void> {
    const connection = this.#writers[writer] as Connection;
    for (const { changes: all, rollback } of transactions) {
      for (const { table } of all) await this.#create(connection, table);
      try {
        await connection.query('START TRANSACTION');
        for (const each of all) await this.#write(connection, each);
        await connection.query(rollback ? 'ROLLBACK' : 'COMMIT');
      } catch (error) {
        // Writers may lock each other out; then one of them has written nothing.
        if (!/^ER_LOCK/.test((error as { readonly code?: string }).code ?? '')) throw error;
        await connection.query('ROLLBACK');
      }
    }
  }

  async #create(connection: Connection, table: TableName): Promise<void> {
    if (this.#tables.has(table)) return;
    await connection.query(createStatement(table));
    this.#tables.add(table);
  }

  async #write(connection: Connection, change: Change): Promise<void> {
    await this.#create(connection, change.table);
    if (change.count === 0) return;
    this.#written += 1;
    await connection.query(changeStatement(change, `${change.kind} ${this.#written}`));
  }
}
