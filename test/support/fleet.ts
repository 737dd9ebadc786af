import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { auditTasks } from '../../functions/audit.ts';
import { toConnectError } from '../../src/api/index.ts';
import type { PlannerRequest } from '../../src/runtime/planner-api.ts';
import type { DynamodbOptions } from '../../src/store/dynamodb/client.ts';
import { createDynamodbStore } from '../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, RunSummary, TaskRef } from '../../src/store/store.ts';
import { KeyLimits, type Limits } from './aws-rules/key-limits.ts';
import { FruitPlanner } from './fruit-planner.ts';
import { FruitWatch } from './fruit-watch.ts';
import { connectorSpec } from './specs.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
/** What AWS takes of one partition key in a second. */
export const AWS_LIMITS = { writes: 1_000, reads: 3_000 };
const LEASE_MS = 3_600_000;
/** Sockets of one client. */
const AT_ONCE = 50;
export const HOUR_MS = 3_600_000;
export const NAME = 'fruit';
/** The planner function's `plannerTimeout`, without the time that it keeps free at its end. */
export const PLANNER_S = 885;

/** What an action took. */
export interface Took {
  readonly seconds: number;
  readonly requests: number;
  readonly throttled: number;
  /** Write units of the key that took most. */
  readonly most: number;
}

export interface Starts {
  /** How many starts came back because the table throttled. */
  readonly again: number;
  readonly requests: number;
  readonly throttled: number;
  /** Write units of the key that took most. */
  readonly most: number;
}

/** A connector of so many tasks on a table whose partition keys take so much a second. */
export class Fleet {
  readonly tasks: number;
  readonly store: ConnectStore;
  readonly planner: FruitPlanner;
  readonly #options: DynamodbOptions;
  readonly #limits: KeyLimits;

  constructor(options: DynamodbOptions, tasks: number, limits: Limits = AWS_LIMITS) {
    this.tasks = tasks;
    this.#options = options;
    this.#limits = new KeyLimits(limits);
    this.store = this.#open(this.#limits, true);
    this.planner = new FruitPlanner(this.store, { deadline: () => Date.now() + PLANNER_S * 1_000 });
    this.planner.shows(...Array.from({ length: tasks }, (_, n) => `partition-${n}`));
  }

  async took(work: () => Promise<unknown>): Promise<Took> {
    const { requests, throttled } = this.#limits;
    const before = new Map(this.#limits.written);
    const began = performance.now();
    await work();
    const units = [...this.#limits.written].map(([key, count]) => count - (before.get(key) ?? 0));
    return {
      seconds: (performance.now() - began) / 1_000,
      requests: this.#limits.requests - requests,
      throttled: this.#limits.throttled - throttled,
      most: Math.max(0, ...units),
    };
  }

  apply(maxRecords: number): Promise<Took> {
    const trigger = { timeZone: 'UTC', schedule: 'rate(5 minutes)' };
    const batch = { ...connectorSpec().batch, maxRecords };
    return this.took(() => this.planner.apply(NAME, { maxTasks: this.tasks, trigger, batch }));
  }

  ask(action: 'pause' | 'resume' | 'stop' | 'delete'): Promise<Took> {
    return this.took(() => this.planner.ask({ action, connector: NAME } as PlannerRequest));
  }

  audit(now: number) {
    const watch = new FruitWatch();
    watch.isPending = () => true;
    return auditTasks({ ...watch.deps(this.store), store: this.store }, now, new AbortController().signal);
  }

  /** Starts all tasks as messages do: one that can't reach its task comes again. Default: within one second of a table on AWS. */
  async startAll(perSecond?: Limits): Promise<Starts> {
    let ticks = 0;
    const limits = new KeyLimits(perSecond ?? { ...AWS_LIMITS, now: () => ticks });
    const store = this.#open(limits, false);
    let again = 0;
    const run = async (ref: TaskRef): Promise<void> => {
      for (;;) {
        // This many starts are a second.
        ticks += 1_000 / this.tasks;
        try {
          return await runOnce(store, ref);
        } catch (error) {
          if (!toConnectError(error).retriable) throw error;
          again += 1;
        }
      }
    };
    try {
      await pMap(
        Array.from({ length: this.tasks }, (_, task) => ({ connector: NAME, task })),
        run,
        { concurrency: AT_ONCE },
      );
    } finally {
      store.close();
    }
    return { again, requests: limits.requests, throttled: limits.throttled, most: Math.max(...limits.written.values()) };
  }

  #open(limits: KeyLimits, patient: boolean): ConnectStore {
    const { endpoint = '', table } = this.#options;
    const attempts = { maxAttempts: patient ? 4 : 8 };
    const client = new DynamoDBClient({ endpoint, region: 'local', credentials: CREDENTIALS, requestHandler: limits.handler, ...attempts });
    return createDynamodbStore({ table, patient, client });
  }
}

/** A run that copies something. Where its release is throttled to the end, its start comes again, and finds that whoever holds the lease is gone. */
async function runOnce(store: ConnectStore, ref: TaskRef): Promise<void> {
  const owner = randomUUID();
  const taken = await store.acquire(ref, owner, Date.now() + LEASE_MS, () => true);
  if (taken.outcome !== 'acquired') throw new Error(`task ${ref.task}: ${taken.outcome}`);
  const now = Date.now();
  const positions = new Map([...(taken.item.planned?.taskConfig.partitions ?? [])].map((partition) => [partition, '7']));
  await store.checkpoint(taken.lease, positions);
  const summary: RunSummary = { startedAt: now, endedAt: now, outcome: 'caught-up', records: 7, bytes: 700, deadLetters: 0 };
  const counted = { invocations: 1, records: 7, bytes: 700, deadLetters: 0, dynamodbRequests: 3, durationMs: 5, writeUnits: 3 };
  await store.release(taken.lease, { positions, summary, counted, lastRecordAt: now, progressAt: now });
}
