import type { RunItem, TaskItem, TaskRef, TaskToWatch } from '../store.ts';
import { toRun, toTaskItem, toTaskToWatch } from './codec.ts';
import { EXISTS } from './conditions.ts';
import type { Expressions } from './expression.ts';
import { runKey, runsOf, timeKey } from './keys.ts';
import { noTask } from './refusals.ts';
import type { Table } from './table.ts';
import { EXPIRES_AT } from './table-definition.ts';
import type { TaskTable } from './task-table.ts';

/** Without what only runs need. */
const TO_WATCH = [
  ...['pk', 'sk', 'planned.taskConfig', 'generation', 'positions', 'leaseOwner', 'leaseUntil', 'paused', 'rerun', 'skips', 'standing'],
  ...['failure', 'lastRun.startedAt', 'lastRun.endedAt', 'lastRecordAt', 'staged'],
];
const KEEP_RUNS_S = 30 * 24 * 60 * 60;

/** Task items as people see and steer them, and what their runs left. */
export class Tasks {
  readonly #tasks: TaskTable;
  readonly #table: Table;

  constructor(tasks: TaskTable, table: Table) {
    this.#tasks = tasks;
    this.#table = table;
  }

  async list(connector: string): Promise<TaskItem[]> {
    return (await this.#tasks.list(connector)).map(toTaskItem);
  }

  /** As they were a moment ago. */
  async listToWatch(connector: string): Promise<TaskToWatch[]> {
    return (await this.#tasks.list(connector, { consistent: false, only: TO_WATCH })).map(toTaskToWatch);
  }

  setPaused(ref: TaskRef, paused: boolean): Promise<void> {
    return this.#steer(ref, { update: 'SET #paused = :paused', values: { paused } });
  }

  resume(ref: TaskRef): Promise<void> {
    return this.#steer(ref, { update: 'SET #paused = :paused REMOVE #failure, #unreleased, #standing', values: { paused: false } });
  }

  clearFailure(ref: TaskRef): Promise<void> {
    return this.#steer(ref, { update: 'REMOVE #failure, #unreleased, #standing' });
  }

  addSkip(ref: TaskRef, place: string): Promise<void> {
    return this.#steer(ref, { update: 'REMOVE #failure ADD #skips :skips', values: { skips: new Set([place]) } });
  }

  async endWait(ref: TaskRef): Promise<void> {
    const condition = '#failure.#fatal = :false';
    await this.#tasks.update(ref, { update: 'SET #failure.#notBefore = :none', condition, values: { false: false, none: 0 } }, 'none');
  }

  putRun(ref: TaskRef, run: RunItem): Promise<void> {
    const expiresAt = Math.ceil(run.endedAt / 1_000) + KEEP_RUNS_S;
    return this.#table.put({ ...runKey(ref, run.startedAt), ...run, [EXPIRES_AT]: expiresAt });
  }

  async *runsFrom(connector: string, since: number, before = false): AsyncGenerator<RunItem & TaskRef> {
    const range = before ? { before: timeKey(since) } : { from: timeKey(since) };
    for await (const run of this.#table.query(runsOf(connector), { newestFirst: before, ...range })) yield toRun(run);
  }

  async listRuns(connector: string, limit: number): Promise<Array<RunItem & TaskRef>> {
    const runs: Array<RunItem & TaskRef> = [];
    for await (const run of this.#table.query(runsOf(connector), { newestFirst: true, limit })) {
      runs.push(toRun(run));
      if (runs.length === limit) break;
    }
    return runs;
  }

  async #steer(ref: TaskRef, expressions: Expressions): Promise<void> {
    const result = await this.#tasks.update(ref, { ...expressions, condition: EXISTS }, 'none');
    if (!result.written) throw noTask(ref);
  }
}
