import fc from 'fast-check';
import type { AwaitPoint } from '../../support/crash/interrupting.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import type { SnapshotCopy } from './snapshot-copy.ts';

/** What happens to the connector, while rows are written. */
type Action =
  | { readonly run: number }
  | { readonly kill: number; readonly at: AwaitPoint }
  | { readonly replan: number }
  | { readonly snapshot: Table };
type Table = 'narrow' | 'wide';

/** Rows of `count` keys from `from` on, changed in one statement. */
interface Change {
  readonly table: Table;
  readonly kind: 'insert' | 'update' | 'delete' | 'move';
  readonly from: number;
  readonly count: number;
}

interface Transaction {
  readonly changes: readonly Change[];
  readonly rollback: boolean;
}

interface Step {
  readonly transactions: readonly Transaction[];
  readonly action: Action;
}

export interface History {
  /** Rows that each table has at first. */
  readonly rows: number;
  readonly maxTasks: number;
  /** Written while the first plan is made. */
  readonly first: readonly Transaction[];
  readonly steps: readonly Step[];
}

const KEYS = 3_000;
/** Few, so that a snapshot takes several runs. */
const RECORDS_A_RUN = 700;
export const LATER_MS = 60_000;

const table = fc.constantFrom<Table>('narrow', 'wide');
const change: fc.Arbitrary<Change> = fc.record({
  table,
  kind: fc.constantFrom('insert', 'update', 'delete', 'move'),
  from: fc.nat(KEYS),
  count: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }) }),
});
const transaction: fc.Arbitrary<Transaction> = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  rollback: fc.constantFrom(false, false, false, true),
});
const at: fc.Arbitrary<AwaitPoint> = fc.record({
  method: fc.constantFrom('task.start', 'task.poll', 'producer.send', 'store.checkpoint', 'store.release'),
  when: fc.constantFrom('before', 'after'),
  nth: fc.integer({ min: 1, max: 2 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ run: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kill: fc.nat(3), at }) },
  { weight: 2, arbitrary: fc.record({ replan: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ snapshot: table }) },
);

export const histories: fc.Arbitrary<History> = fc.record({
  rows: fc.nat(KEYS),
  maxTasks: fc.integer({ min: 1, max: 4 }),
  first: fc.array(transaction, { maxLength: 8 }),
  steps: fc.array(fc.record({ transactions: fc.array(transaction, { maxLength: 4 }), action }), { minLength: 2, maxLength: 10 }),
});

/** Lives through a history, and copies what is left. */
export async function live(copy: SnapshotCopy, { rows, maxTasks, first, steps }: History): Promise<void> {
  const { admin } = copy.lab;
  await admin.query('CREATE TABLE narrow (id INT PRIMARY KEY, text VARCHAR(40))');
  await admin.query('CREATE TABLE wide (a VARCHAR(10), b INT, text VARCHAR(40), PRIMARY KEY (a, b))');
  for (const name of ['narrow', 'wide'] as const) await write(copy, { table: name, kind: 'insert', from: 0, count: rows });
  let tasks = maxTasks;
  await Promise.all([writeAll(copy, first), copy.apply({}, overrides(copy, tasks))]);
  for (const { transactions, action: next } of steps) {
    if ('replan' in next) tasks = next.replan;
    await Promise.all([writeAll(copy, transactions), act(copy, next, tasks)]);
  }
  await copy.quiet();
  await copy.runToEnd();
}

const overrides = (copy: SnapshotCopy, maxTasks: number) => ({ maxTasks, batch: { ...copy.spec().batch, maxRecords: RECORDS_A_RUN } });

async function act(copy: SnapshotCopy, action: Action, tasks: number): Promise<void> {
  const connector = copy.name;
  if ('run' in action) await copy.runtime.run({ connector, task: action.run % tasks });
  else if ('replan' in action) await copy.apply({}, overrides(copy, tasks));
  else if ('snapshot' in action) await copy.ask({ action: 'snapshot', connector, tables: [`${copy.lab.database}.${action.snapshot}`] });
  else {
    const { table: store, addresses } = copy;
    const work = { run: { connector, task: action.kill % tasks } };
    // By its own clock, which is behind: its lease is over for everybody else.
    await runWorker({ table: store, dynamodb: addresses.dynamodb, deadlineMs: 4_000, at: action.at, work });
  }
}

async function writeAll(copy: SnapshotCopy, transactions: readonly Transaction[]): Promise<void> {
  for (const { changes, rollback } of transactions) {
    await copy.lab.admin.query('START TRANSACTION');
    for (const each of changes) await write(copy, each);
    await copy.lab.admin.query(rollback ? 'ROLLBACK' : 'COMMIT');
  }
}

let written = 0;

async function write({ lab }: SnapshotCopy, { table: name, kind, from, count }: Change): Promise<void> {
  if (count === 0) return;
  written += 1;
  const text = `'${kind} ${written}'`;
  // In both tables a row is known by one number; that of the wide one is spread over two columns.
  const number = name === 'narrow' ? 'id' : 'SUBSTRING(a, 2) * 100 + b';
  const where = `WHERE ${number} BETWEEN ${from} AND ${from + count - 1}`;
  if (kind === 'insert') {
    const rows = Array.from({ length: count }, (_, index) => from + index).map((id) =>
      name === 'narrow' ? `(${id}, ${text})` : `('k${Math.floor(id / 100)}', ${id % 100}, ${text})`,
    );
    await lab.admin.query(`INSERT IGNORE INTO ${name} VALUES ${rows}`);
  } else if (kind === 'update') await lab.admin.query(`UPDATE ${name} SET text = ${text} ${where}`);
  else if (kind === 'delete') await lab.admin.query(`DELETE FROM ${name} ${where}`);
  else
    await lab.admin.query(
      `UPDATE IGNORE ${name} SET ${name === 'narrow' ? 'id = id + 1000' : "a = CONCAT('m', SUBSTRING(a, 2))"}, text = ${text} ${where}`,
    );
}
