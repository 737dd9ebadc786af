import type { ConnectStore, Counters, Lease, Positions, Release, RunSummary, StagedTask, TaskRef } from '../../../src/store/store.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec, plannedTask } from '../../support/specs.ts';

/** What the contract suite needs of an implementation. */
export interface StoreUnderTest {
  /** A store on the same data as its siblings, as another process has it; reads the time from `now`. */
  open(now: () => number): ConnectStore;
}

/** A clock that stands still until it is moved. */
export class Clock {
  time = Date.UTC(2026, 10, 22);
  readonly now = (): number => this.time;
  /** A lease of `ms` from now. */
  in(ms: number): number {
    return this.time + ms;
  }
}

export const MINUTE = 60_000;

/** A connector that no other test of this table has. */
export const freshName = (): string => uniqueName('orders');

export const positions = (of: Readonly<Record<string, string>>): Positions => new Map(Object.entries(of));

/** A staged plan that does not remove the task. */
type StagedConfig = Extract<StagedTask, { remove: false }>;

export const staged = (generation: number, of: Readonly<Record<string, string>> = {}): StagedConfig => ({
  generation,
  remove: false,
  planned: plannedTask(Object.keys(of)),
  positions: positions(of),
});

export const removal = (generation: number): StagedTask => ({ generation, remove: true });

export const summary = (of: Partial<RunSummary> = {}): RunSummary => ({
  startedAt: 1_000,
  endedAt: 2_000,
  outcome: 'caught-up',
  records: 0,
  bytes: 0,
  deadLetters: 0,
  ...of,
});

export const NOTHING_COUNTED: Counters = { invocations: 1, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 2 };

export const result = (of: Partial<Release> = {}): Release => ({
  positions: new Map(),
  summary: summary(),
  counted: NOTHING_COUNTED,
  ...of,
});

/** Puts a plan in force as a planner does. It fences a task only where the task was there before. */
export async function plan(
  store: ConnectStore,
  connector: string,
  tasks: ReadonlyArray<Readonly<Record<string, string>>>,
  until = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  const before = (await store.listTasks(connector)).map(({ task }) => task);
  const generation = await store.beginPlan(connector, connectorSpec({ name: connector }));
  for (const task of before) await store.fence({ connector, task }, generation, until);
  for (const [task, of] of tasks.entries()) await store.stage({ connector, task }, staged(generation, of), until);
  const removed = before.filter((task) => task >= tasks.length);
  for (const task of removed) await store.stage({ connector, task }, removal(generation), until);
  await store.flip(connector, { generation, spec: connectorSpec({ name: connector }), tasks: tasks.length, until });
  for (const task of new Set([...before, ...tasks.keys()])) await store.promote({ connector, task }, generation);
  return generation;
}

/** A store whose clock is this one, with the one task, as planned, of a connector that no other test has. */
export async function openWithTask(
  backend: StoreUnderTest,
  clock: Clock,
  of: Readonly<Record<string, string>> = { p: '1' },
): Promise<{ readonly store: ConnectStore; readonly ref: TaskRef /** A minute from now. */; readonly until: number }> {
  const store = backend.open(clock.now);
  const ref = { connector: freshName(), task: 0 };
  await plan(store, ref.connector, [of]);
  return { store, ref, until: clock.in(MINUTE) };
}

/** The lease of a task that can be had. */
export async function lease(store: ConnectStore, ref: TaskRef, owner: string, until: number): Promise<Lease> {
  const acquired = await store.acquire(ref, owner, until);
  if (acquired.outcome !== 'acquired') throw new Error(`the answer to ${owner} was ${acquired.outcome}`);
  return acquired.lease;
}

export async function task(store: ConnectStore, ref: TaskRef) {
  const found = (await store.listTasks(ref.connector)).find((item) => item.task === ref.task);
  if (found === undefined) throw new Error(`no task ${ref.task}`);
  return found;
}
