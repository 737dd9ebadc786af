import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ConnectStore } from '../store.ts';
import { createClient, type DynamodbOptions } from './client.ts';
import { Connectors } from './connectors.ts';
import { History } from './history.ts';
import { KeptPositions } from './kept-positions.ts';
import { Leases } from './leases.ts';
import { Letters } from './letters.ts';
import { Loans } from './loans.ts';
import { Parked } from './parked.ts';
import { Plans } from './plans.ts';
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

/** Creates the store on one DynamoDB table. It makes no request before the first call. */
export function createDynamodbStore({ now = Date.now, patient = false, ...options }: DynamodbStoreOptions): ConnectStore {
  const table = new Table(options.client ?? createClient(options.endpoint, patient), options.table, patient);
  const items = new TaskTable(table);
  const specs = new Specs(table);
  const connectors = new Connectors(table, items, specs, now);
  const plans = new Plans(items, now);
  const leases = new Leases(items, table, now);
  const letters = new Letters(table, now);
  const loans = new Loans(items, now);
  const parked = new Parked(table);
  const tasks = new Tasks(items, table);
  const history = new History(table, now);
  const kept = new KeptPositions(table, now);
  return {
    getConnector: (name) => connectors.get(name),
    listConnectors: () => connectors.list(),
    setDesired: (name, desired) => connectors.setDesired(name, desired),
    keepGiven: (connector, given) => connectors.keepGiven(connector, given),
    noteWaiting: (name, waiting) => connectors.noteWaiting(name, waiting),
    beginPlan: (name, spec, options) => connectors.beginPlan(name, spec, options),
    extendPlan: (name, generation, until) => connectors.extendPlan(name, generation, until),
    giveUpPlan: (name, generation) => connectors.giveUpPlan(name, generation),
    forgetPlans: (connector, generation, left) => connectors.forgetPlans(connector, generation, left),
    getSpec: (connector, generation, id) => specs.get(connector, generation, id),
    unfence: (ref, generation) => plans.unfence(ref, generation),
    keepPositions: (connector, generation, one, untilMs) => kept.keep(connector, generation, one, untilMs),
    keptPositions: (connector) => kept.list(connector),
    fence: (ref, generation, until, staged) => plans.fence(ref, generation, until, staged),
    stage: (ref, staged, until) => plans.stage(ref, staged, until),
    flip: (name, plan) => connectors.flip(name, plan),
    promote: (ref, generation) => plans.promote(ref, generation),
    beginDelete: (name) => connectors.beginDelete(name),
    deleteConnector: (name) => connectors.delete(name),
    listTasks: (connector) => tasks.list(connector),
    watch: async (name) => {
      const [connector, listed] = await Promise.all([connectors.glance(name), tasks.listToWatch(name)]);
      return { tasks: listed, ...(connector !== undefined && { connector }) };
    },
    setPaused: (ref, paused) => tasks.setPaused(ref, paused),
    resumeTask: (ref) => tasks.resume(ref),
    addSkip: (ref, place) => tasks.addSkip(ref, place),
    clearFailure: (ref) => tasks.clearFailure(ref),
    endWait: (ref) => tasks.endWait(ref),
    acquire: (ref, owner, until, isGone) => leases.acquire(ref, owner, until, isGone),
    checkpoint: (lease, positions) => leases.checkpoint(lease, positions),
    release: (lease, result) => leases.release(lease, result),
    borrow: (ref, owner, until) => loans.borrow(ref, owner, until),
    giveBack: (lease) => loans.giveBack(lease),
    putRun: (ref, run) => tasks.putRun(ref, run),
    listRuns: (connector, limit) => tasks.listRuns(connector, limit),
    putChange: (change) => history.put(change),
    getChange: (connector, id) => history.get(connector, id),
    listChanges: (connector, limit) => history.list(connector, limit),
    runsFrom: (connector, since, before) => tasks.runsFrom(connector, since, before),
    letterMarks: (connector) => letters.marks(connector),
    putLetterMarks: (marks) => letters.put(marks),
    forgetLetterMarks: (marks) => letters.forget(marks),
    takeRedrive: (connector, owner, until, isGone = () => false) => letters.take(connector, owner, until, isGone),
    endRedrive: (lease) => letters.end(lease),
    parkedKeys: (connector) => parked.list(connector),
    takeParkedKeys: (connector, queue) => parked.take(connector, queue),
    putParkedKeys: (keys) => parked.put(keys),
    get requests() {
      return table.requests;
    },
    get consumed() {
      return table.consumed;
    },
    close: () => table.close(),
  };
}
