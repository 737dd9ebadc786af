import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TaskStore } from '../store.ts';
import { createClient, type DynamodbOptions } from './client.ts';
import { ConnectorReads } from './connector-reads.ts';
import { Leases } from './leases.ts';
import { Parked } from './parked.ts';
import { Promotions } from './promotions.ts';
import { Specs } from './specs.ts';
import { Table } from './table.ts';
import { TaskTable } from './task-table.ts';
import { Tasks } from './tasks.ts';

export interface DynamodbStoreOptions extends DynamodbOptions {
  /** The client; default one of the store's own. `close` closes it either way. */
  readonly client?: DynamoDBClient;
  /**
   * True for a planner, which writes thousands of items in a row: it repeats what the table throttles for minutes, at the pace that the
   * table takes. Default false: an invocation of a task has no such time.
   */
  readonly patient?: boolean;
  /** Returns the time, ms since 1970, which decides whether a lease has expired. Default `Date.now`. */
  readonly now?: () => number;
}

/** The parts of a store that invocations of tasks need. */
export type TaskParts = ReturnType<typeof taskParts>;

export function taskParts({ now = Date.now, patient = false, ...options }: DynamodbStoreOptions) {
  const table = new Table(options.client ?? createClient(options.endpoint, patient), options.table, patient);
  const items = new TaskTable(table);
  return {
    ...{ now, table, items },
    specs: new Specs(table),
    reads: new ConnectorReads(table),
    promotions: new Promotions(items, now),
    leases: new Leases(items, table, now),
    parked: new Parked(table),
    tasks: new Tasks(items, table),
  };
}

/** What the task function has of the store. It loads nothing of what only planners do. It makes no request before the first call. */
export function createTaskStore(options: DynamodbStoreOptions): TaskStore {
  return taskStore(taskParts(options));
}

export const taskStore = ({ table, specs, reads, promotions, leases, parked, tasks }: TaskParts): TaskStore => ({
  getConnector: (name) => reads.get(name),
  getSpec: (connector, generation, id) => specs.get(connector, generation, id),
  promote: (ref, generation) => promotions.promote(ref, generation),
  listTasks: (connector) => tasks.list(connector),
  acquire: (ref, owner, until, isGone) => leases.acquire(ref, owner, until, isGone),
  checkpoint: (lease, positions) => leases.checkpoint(lease, positions),
  release: (lease, result) => leases.release(lease, result),
  putBack: (lease) => leases.putBack(lease),
  putRun: (ref, run) => tasks.putRun(ref, run),
  takeParkedKeys: (connector, queue) => parked.take(connector, queue),
  putParkedKeys: (keys) => parked.put(keys),
  get requests() {
    return table.requests;
  },
  get consumed() {
    return table.consumed;
  },
});
