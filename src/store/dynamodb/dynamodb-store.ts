import type { ConnectStore } from '../store.ts';
import { Connectors } from './connectors.ts';
import { History } from './history.ts';
import { KeptPositions } from './kept-positions.ts';
import { Letters } from './letters.ts';
import { Loans } from './loans.ts';
import { Plans } from './plans.ts';
import { type DynamodbStoreOptions, taskParts, taskStore } from './task-store.ts';

export type { DynamodbStoreOptions } from './task-store.ts';

/** Creates the store on one DynamoDB table. It makes no request before the first call. */
export function createDynamodbStore(options: DynamodbStoreOptions): ConnectStore {
  const parts = taskParts(options);
  const { now, table, items, specs, reads, parked, tasks } = parts;
  const connectors = new Connectors(table, items, specs, now);
  const plans = new Plans(items, now);
  const letters = new Letters(table, now);
  const loans = new Loans(items, now);
  const history = new History(table, now);
  const kept = new KeptPositions(table, now);
  return {
    ...taskStore(parts),
    listConnectors: () => reads.list(),
    setDesired: (name, desired) => connectors.setDesired(name, desired),
    noteStart: (name) => connectors.noteStart(name),
    keepGiven: (connector, given) => connectors.keepGiven(connector, given),
    noteWaiting: (name, waiting) => connectors.noteWaiting(name, waiting),
    beginPlan: (name, spec, options) => connectors.beginPlan(name, spec, options),
    extendPlan: (name, generation, until) => connectors.extendPlan(name, generation, until),
    giveUpPlan: (name, generation) => connectors.giveUpPlan(name, generation),
    forgetPlans: (connector, generation, left) => connectors.forgetPlans(connector, generation, left),
    unfence: (ref, generation) => plans.unfence(ref, generation),
    keepPositions: (connector, generation, one, untilMs) => kept.keep(connector, generation, one, untilMs),
    keptPositions: (connector) => kept.list(connector),
    fence: (ref, generation, until, staged) => plans.fence(ref, generation, until, staged),
    stage: (ref, staged, until) => plans.stage(ref, staged, until),
    flip: (name, plan) => connectors.flip(name, plan),
    beginDelete: (name) => connectors.beginDelete(name),
    deleteConnector: (name) => connectors.delete(name),
    watch: async (name) => {
      const [connector, listed] = await Promise.all([reads.glance(name), tasks.listToWatch(name)]);
      return { tasks: listed, ...(connector !== undefined && { connector }) };
    },
    setPaused: (ref, paused) => tasks.setPaused(ref, paused),
    resumeTask: (ref) => tasks.resume(ref),
    addSkip: (ref, place) => tasks.addSkip(ref, place),
    clearFailure: (ref) => tasks.clearFailure(ref),
    endWait: (ref) => tasks.endWait(ref),
    borrow: (ref, owner, until) => loans.borrow(ref, owner, until),
    giveBack: (lease) => loans.giveBack(lease),
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
    // A spread copies what a getter says at that moment.
    get requests() {
      return table.requests;
    },
    get consumed() {
      return table.consumed;
    },
    close: () => table.close(),
  };
}
