import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pMap from 'p-map';
import {
  ConnectError,
  type PollLimit,
  type SourceRecord,
  type SourceTask,
  type SourceTaskContext,
  silentLogger,
} from '../../../src/api/index.ts';
import { MemoryRocketmq } from '../../../src/conformance/memory-rocketmq.ts';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { look } from '../../../src/runtime/watch/look.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { FruitWatch } from '../../support/fruit-watch.ts';
import { uniqueName } from '../../support/names.ts';
import { randomFrom } from '../../support/random-from.ts';
import { noTrigger } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { TimeLapse } from '../../support/time-lapse.ts';

const HISTORIES = 25;
const TROUBLED_MINUTES = 6;
/** Leases of 5 minutes run out, and waits after failures end, in much less; but a busy DynamoDB makes failures of its own. */
const QUIET_MINUTES = 100;
/** More would have DynamoDB answer too late. */
const AT_ONCE = 8;
const MINUTE = 60_000;
const SEED = Number(process.env.WATCH_SEED ?? 20_261_129);

type Fate = 'ends well' | 'fails' | 'dies';

/** A connector over some minutes: records come, looks are taken, and what they start ends well, fails or dies. */
class History {
  readonly name = uniqueName('fruit');
  readonly ends = new Map<string, number>();
  readonly rocketmq = new MemoryRocketmq();
  readonly #store: ConnectStore;
  readonly #planner: FruitPlanner;
  readonly #watch = new FruitWatch();
  readonly #random: () => number;
  /** Messages of the task queue, by the time at which they may be received. */
  #queue: Array<{ readonly at: number; readonly event: TaskEvent; readonly repeated: boolean }> = [];
  #isQuiet = false;
  #isPlanned = false;

  constructor(store: ConnectStore, seed: number) {
    this.#store = store;
    this.#planner = new FruitPlanner(store);
    this.#random = randomFrom(seed);
    this.#watch.isPending = (partition, position) => Number(position ?? -1) !== this.ends.get(partition);
    this.#watch.beforeFire = () => {
      if (this.#chance(0.2)) throw new ConnectError('THROTTLED', 'the queue took nothing', { retriable: true });
    };
  }

  async minute(isQuiet: boolean): Promise<void> {
    this.#isQuiet = isQuiet;
    if (this.#chance(0.6))
      for (const [partition, end] of this.ends) if (this.#chance(0.4)) this.ends.set(partition, end + 1 + this.#pick(3));
    // A plan that a planner left half done is somebody's to finish.
    if (this.ends.size === 0 || this.#chance(0.2) || (isQuiet && !this.#isPlanned)) await this.plan();
    await this.look();
    const due = this.#queue.filter(({ at }) => at <= Date.now());
    this.#queue = this.#queue.filter((message) => !due.includes(message));
    await Promise.all(due.map((message) => this.#receive(message)));
  }

  /** Records that have not arrived. */
  missing(): string[] {
    return [...this.ends].flatMap(([partition, end]) => {
      const arrived = new Set(this.rocketmq.of(partition).map(({ id }) => Number(id)));
      return Array.from({ length: end }, (_, index) => index)
        .filter((index) => !arrived.has(index))
        .map((index) => `${this.name} ${partition} ${index}`);
    });
  }

  /** One more partition, or other tasks. The planner may die before any of its writes; nobody plans again before the next time. */
  async plan(): Promise<void> {
    if (this.#chance(0.7) || this.ends.size === 0) this.ends.set(`fruit-${this.ends.size}`, 1 + this.#pick(3));
    this.#planner.shows(...this.ends.keys());
    const left = this.#chance(0.4) ? this.#pick(12) : Number.POSITIVE_INFINITY;
    const planner = Object.assign(new FruitPlanner(dying(this.#store, left)), { partitions: this.#planner.partitions });
    const trigger = { schedule: 'rate(1 minute)', timeZone: 'UTC' };
    const errors = { ...connectorSpec().errors, maxFailures: 1_000 };
    this.#isPlanned = await planner.apply(this.name, { maxTasks: 1 + this.#pick(3), trigger, errors }).then(
      () => true,
      () => false,
    );
    for (const task of planner.started) this.#send({ connector: this.name, task }, 0);
  }

  /** Lambda takes a look that failed once more. The next one of the schedule comes in any case. */
  async look(): Promise<number | undefined> {
    const deps = this.#watch.deps(this.#store);
    this.#watch.started.length = 0;
    const taken = await look(this.name, deps, { signal: new AbortController().signal }).catch(() => undefined);
    for (const event of this.#watch.started) this.#send(event, 0);
    return taken?.started;
  }

  /** A message whose invocation dies comes back, as in a queue. */
  async #receive({ event, repeated }: { readonly event: TaskEvent; readonly repeated: boolean }): Promise<void> {
    const fate: Fate = this.#chance(0.25) ? 'dies' : this.#chance(0.25) ? 'fails' : 'ends well';
    const store = fate === 'dies' ? dying(this.#store, this.#pick(4)) : this.#store;
    const source = sourceOf(this.ends, fate);
    const deps: TaskDeps = {
      store,
      continuation: { ...noTrigger, fire: async (events, { delayMs = 0 } = {}) => void events.map((next) => this.#send(next, delayMs)) },
      taskClasses: { FruitTask: async () => ({ direction: 'source', create: source }) },
      loadRocketmq: async () => this.rocketmq.module,
      loadQueues: () => Promise.reject(new Error('nothing is read here')),
      resolveSecrets: async (value) => value,
      clients: new WarmClients(),
      logger: silentLogger,
    };
    const invocation = { deadline: Date.now() + 5 * MINUTE, owner: 'run', repeated, signal: new AbortController().signal };
    const outcome = await runTask(event, deps, invocation).catch(() => ({ owed: true }));
    if (fate === 'dies' || outcome.owed) this.#queue.push({ at: Date.now() + 6 * MINUTE, event, repeated: true });
  }

  #send(event: TaskEvent, delayMs: number): void {
    this.#queue.push({ at: Date.now() + delayMs, event, repeated: false });
  }

  #chance = (share: number): boolean => !this.#isQuiet && this.#random() < share;
  #pick = (below: number): number => Math.floor(this.#random() * below);
}

it(`lets no record wait for ever, in ${HISTORIES} histories of records, looks, plans, failures and deaths`, async () => {
  using lapse = new TimeLapse();
  const histories = Array.from({ length: HISTORIES }, (_, n) => new History(store, SEED + n));
  const isOver = (history: History) => history.missing().length === 0;
  for (let minute = 0; minute < TROUBLED_MINUTES + QUIET_MINUTES; minute += 1) {
    const isQuiet = minute >= TROUBLED_MINUTES;
    if (isQuiet && histories.every(isOver)) break;
    const open = histories.filter((history) => !isQuiet || !isOver(history));
    await pMap(open, (history) => history.minute(isQuiet), { concurrency: AT_ONCE });
    lapse.pass(MINUTE);
  }
  expect(histories.flatMap((history) => history.missing())).toEqual([]);
}, 600_000);

it('starts nothing once all is copied', async () => {
  using lapse = new TimeLapse();
  const history = new History(store, SEED);
  await history.minute(true);
  while (history.missing().length > 0) {
    lapse.pass(MINUTE);
    await history.minute(true);
  }
  let started = await history.look();
  while (started === undefined) started = await history.look();
  expect(started).toBe(0);
}, 900_000);

let table: TestTable;
let store: ConnectStore;
beforeAll(async () => {
  table = await createTestTable();
  store = createDynamodbStore({ ...table.options, now: () => Date.now() });
});
afterAll(async () => {
  store.close();
  await table.drop();
});

/** A store that answers so many calls more. Its process is gone then. */
function dying(alive: ConnectStore, calls: number): ConnectStore {
  let left = calls;
  return new Proxy(alive, {
    get(target, method) {
      const value = Reflect.get(target, method);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        left -= 1;
        if (left < 0) throw new ConnectError('UNREACHABLE', 'the process died', { retriable: false });
        return value.apply(target, given);
      };
    },
  });
}

/** Reads each partition from its position to its end. */
function sourceOf(ends: ReadonlyMap<string, number>, fate: Fate) {
  return class implements SourceTask {
    readonly #context: SourceTaskContext<never>;
    #isRead = false;

    constructor(context: SourceTaskContext<never>) {
      this.#context = context;
    }

    async start() {
      if (fate === 'fails') throw new ConnectError('UNREACHABLE', 'the fruit is away', { retriable: true });
    }

    async poll(_limit: PollLimit) {
      if (this.#isRead) return { records: [], caughtUp: true };
      this.#isRead = true;
      const { taskConfig, positions } = this.#context;
      const records = taskConfig.partitions.flatMap((partition) => {
        const from = Number(positions.get(partition) ?? 0);
        return Array.from({ length: (ends.get(partition) ?? 0) - from }, (_, n) => recordAt(partition, from + n));
      });
      return { records, caughtUp: true };
    }

    async stop() {}
  };
}

const recordAt = (partition: string, index: number): SourceRecord => ({
  partition,
  id: String(index),
  position: String(index + 1),
  key: null,
  value: Buffer.from(`${partition} ${index}`),
  headers: [],
});
