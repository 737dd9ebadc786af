import fc from 'fast-check';
import type { AwaitPoint } from '../../support/crash/interrupting.ts';
import { type History, historiesWith, MAX_TASKS, MOST_STEPS } from './snapshot-histories.ts';

/** A worker dies at a call, or some time after its target is about to get the first rows. */
export type Death = AwaitPoint | { readonly ms: number };

/** Invocations of one task of the sink, one after the other, the first after `afterMs`, or one in a process of its own that dies. */
export interface SinkRuns {
  readonly task: number;
  readonly afterMs: number;
  readonly times: number;
  readonly death: Death | undefined;
}

/** What the sink does beside a step of the tables' history. */
export interface SinkStep {
  readonly runs: readonly SinkRuns[];
  /** A plan for so many tasks. */
  readonly plan: { readonly afterMs: number; readonly maxTasks: number } | undefined;
}

export interface CopyHistory {
  readonly tables: History;
  readonly sinkTasks: number;
  /** One for each step of the tables' history, and more. */
  readonly sink: readonly SinkStep[];
}

/** Of eight runs, three die. */
const DEATHS = 3;

const afterMs = fc.oneof(fc.constant(0), fc.nat(300));
const deathAtCall: fc.Arbitrary<AwaitPoint> = fc.record({
  method: fc.constantFrom('task.start', 'task.write', 'task.write', 'task.write', 'queues.read', 'store.checkpoint', 'store.release'),
  when: fc.constantFrom('before', 'after'),
  nth: fc.integer({ min: 1, max: 3 }),
});
const death: fc.Arbitrary<Death> = fc.oneof(deathAtCall, fc.record({ ms: fc.nat(150) }));
const runs: fc.Arbitrary<SinkRuns> = fc.record({
  task: fc.nat(MAX_TASKS - 1),
  afterMs,
  times: fc.integer({ min: 1, max: 4 }),
  death: fc.oneof({ weight: 8 - DEATHS, arbitrary: fc.constant(undefined) }, { weight: DEATHS, arbitrary: death }),
});
const step: fc.Arbitrary<SinkStep> = fc.record({
  runs: fc.uniqueArray(runs, { maxLength: MAX_TASKS, selector: ({ task }) => task }),
  plan: fc.option(fc.record({ afterMs, maxTasks: fc.integer({ min: 1, max: MAX_TASKS }) }), { nil: undefined, freq: 1 }),
});

export const copyHistories: fc.Arbitrary<CopyHistory> = fc.record({
  tables: historiesWith({ deaths: DEATHS }),
  sinkTasks: fc.integer({ min: 1, max: MAX_TASKS }),
  sink: fc.array(step, { minLength: MOST_STEPS, maxLength: MOST_STEPS }),
});

const FEW_ROWS = 200;
const FEW_STEPS = 4;

/** The same with some hundreds of rows. */
export const smallCopyHistories: fc.Arbitrary<CopyHistory> = copyHistories.map(({ tables, ...history }) => ({
  ...history,
  tables: { ...tables, rows: Math.min(tables.rows, FEW_ROWS), steps: tables.steps.slice(0, FEW_STEPS).map(small) },
}));

const small = (each: History['steps'][number]): History['steps'][number] => ({
  ...each,
  writers: each.writers.map((transactions) =>
    transactions.map((transaction) => ({
      ...transaction,
      changes: transaction.changes.map((change) => ({ ...change, from: change.from % FEW_ROWS, count: Math.min(change.count, FEW_ROWS) })),
    })),
  ),
});
