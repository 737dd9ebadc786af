import fc from 'fast-check';
import type { AwaitPoint } from '../../support/crash/interrupting.ts';
import { type Change, changes, NUMBERS, type TableName, tableNames } from './snapshot-fold-tables.ts';

export interface Transaction {
  readonly changes: readonly Change[];
  readonly rollback: boolean;
}

/** Invocations of one task, one after the other, the first after `afterMs`. `dieAt`: in a process of its own, which is killed there. */
export interface Runs {
  readonly task: number;
  readonly afterMs: number;
  readonly times: number;
  readonly dieAt: AwaitPoint | undefined;
}

export type Plan = { readonly afterMs: number } & ({ readonly maxTasks: number } | { readonly snapshot: TableName });

/** All that happens side by side. */
export interface Step {
  /** What each writer does. */
  readonly writers: ReadonlyArray<readonly Transaction[]>;
  readonly runs: readonly Runs[];
  readonly plan: Plan | undefined;
  /** Long enough for every lease to end, before the next step. */
  readonly timePasses: boolean;
}

export interface History {
  /** Of tables that name none. */
  readonly charset: string;
  /** Tables that are there before the first plan, and how many rows each has; others come with their first change. */
  readonly tables: readonly TableName[];
  readonly rows: number;
  readonly maxTasks: number;
  readonly maxRecords: number;
  readonly steps: readonly Step[];
}

export const MAX_TASKS = 4;
export const MOST_STEPS = 7;

const transaction: fc.Arbitrary<Transaction> = fc.record({
  changes: fc.array(changes, { minLength: 1, maxLength: 3 }),
  rollback: fc.constantFrom(false, false, false, true),
});
const writers = fc.array(fc.array(transaction, { maxLength: 3 }), { minLength: 1, maxLength: 3 });
const afterMs = fc.oneof(fc.constant(0), fc.nat(300));
const dieAt: fc.Arbitrary<AwaitPoint> = fc.record({
  method: fc.constantFrom('task.start', 'task.poll', 'producer.send', 'store.checkpoint', 'store.release'),
  when: fc.constantFrom('before', 'after'),
  nth: fc.integer({ min: 1, max: 3 }),
});
const runsWith = (deaths: number): fc.Arbitrary<Runs> =>
  fc.record({
    task: fc.nat(MAX_TASKS - 1),
    afterMs,
    times: fc.integer({ min: 1, max: 4 }),
    dieAt: fc.oneof({ weight: 8 - deaths, arbitrary: fc.constant(undefined) }, { weight: deaths, arbitrary: dieAt }),
  });
const plan: fc.Arbitrary<Plan> = fc.oneof(
  fc.record({ afterMs, maxTasks: fc.integer({ min: 1, max: MAX_TASKS }) }),
  fc.record({ afterMs, snapshot: fc.constantFrom(...tableNames) }),
);
const stepWith = (deaths: number): fc.Arbitrary<Step> =>
  fc.record({
    writers,
    runs: fc.uniqueArray(runsWith(deaths), { maxLength: MAX_TASKS, selector: ({ task }) => task }),
    plan: fc.option(plan, { nil: undefined, freq: 1 }),
    timePasses: fc.boolean(),
  });

/** `deaths`: of eight runs, so many die. */
export const historiesWith = ({ deaths }: { readonly deaths: number }): fc.Arbitrary<History> =>
  fc.record({
    charset: fc.constantFrom('latin1', 'utf8', 'utf8mb4'),
    tables: fc.uniqueArray(fc.constantFrom(...tableNames), { minLength: 1, maxLength: 4 }),
    rows: fc.nat(NUMBERS),
    maxTasks: fc.integer({ min: 1, max: MAX_TASKS }),
    // Few, so that a snapshot takes several runs, or enough to be in the midst of much.
    maxRecords: fc.constantFrom(700, 5_000, 40_000),
    steps: fc.array(stepWith(deaths), { minLength: 2, maxLength: MOST_STEPS }),
  });

export const histories: fc.Arbitrary<History> = historiesWith({ deaths: 1 });
