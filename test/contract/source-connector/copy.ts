import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorSpec, RocketmqSpec } from '../../../src/config/connector-spec.ts';
import type { PlanResult } from '../../../src/runtime/planner-api.ts';
import type { TaskDeps, TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { WORKER_DEADLINE_MS } from '../../support/crash/kill-randomly.ts';
import type { WorkerOrder } from '../../support/crash/worker-process.ts';
import { Gate, pacedRocketmq } from '../../support/paced-rocketmq.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { LabSource, SourceHarness } from '../harness/source-harness.ts';
import { ranOutOfTime } from '../ran-out-of-time.ts';
import { type Arrival, arrivals } from './arrivals.ts';
import { numbered } from './numbered.ts';
import type { Workbench } from './workbench.ts';

/** A busy machine, a server that has to notice a dead client; less than a test may take, so that it can say what it waits for. */
const SETTLE_LIMIT_MS = 600_000;

export interface RunOptions {
  readonly task?: number;
  /** Default 150 s: a run that nothing ends is given all the patience of a test. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly deps?: Partial<TaskDeps>;
  /** Default: the workbench's. */
  readonly runtime?: TestRuntime;
}

export interface HoldOptions extends RunOptions {
  /** So much of the time of the run must be left in its middle. Default: any. */
  readonly leftMs?: number;
}

/** A run that stands still in its middle. */
export interface HeldRun {
  readonly running: Promise<TaskOutcome>;
  /** Lets it send on. */
  readonly goOn: () => void;
}

/** One connector from a source of its own to a topic of its own, and what became of the messages. */
export class Copy {
  readonly source: LabSource;
  readonly spec: ConnectorSpec;
  readonly harness: SourceHarness;
  readonly #bench: Workbench;
  #filled = 0;

  constructor(bench: Workbench, source: LabSource, spec: ConnectorSpec) {
    this.#bench = bench;
    this.harness = bench.harness;
    this.source = source;
    this.spec = spec;
  }

  get name(): string {
    return this.spec.name;
  }

  /** Appends `count` numbered messages to each partition. */
  async fill(count: number, bytes?: number): Promise<void> {
    const messages = numbered(count, this.#filled, bytes);
    for (const partition of this.source.partitions) await this.source.fill(partition, messages);
    this.#filled += count;
  }

  apply(change: Partial<ConnectorSpec> = {}): Promise<PlanResult> {
    return this.#bench.runtime.apply({ ...this.spec, ...change });
  }

  /** As `apply`, with another way to RocketMQ. */
  applyRocketmq(change: Partial<RocketmqSpec>): Promise<PlanResult> {
    return this.apply({ rocketmq: { ...this.spec.rocketmq, ...change } });
  }

  run({ task = 0, deadlineMs = 150_000, signal, deps, runtime = this.#bench.runtime }: RunOptions = {}): Promise<TaskOutcome> {
    const invocation = {
      deadline: Date.now() + runtime.laterMs + deadlineMs,
      owner: `test ${process.pid}`,
      signal: signal ?? new AbortController().signal,
    };
    return runTask({ connector: this.name, task }, { ...runtime.taskDeps, ...deps }, invocation);
  }

  /** For a worker process that runs task 0. */
  order(more: Partial<WorkerOrder> = {}): WorkerOrder {
    const { table, addresses } = this.#bench;
    return {
      table,
      dynamodb: addresses.dynamodb,
      deadlineMs: WORKER_DEADLINE_MS,
      work: { run: { connector: this.name, task: 0 } },
      ...more,
    };
  }

  /** Runs every task, again where it failed and may, until nothing is left at the source. */
  async settle(runtime: TestRuntime = this.#bench.runtime): Promise<void> {
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    do {
      const tasks = await runtime.store.listTasks(this.name);
      await Promise.all(tasks.map(({ task }) => this.#toEnd(task, runtime, deadline)));
    } while ((await this.pending()) > 0 && Date.now() < deadline);
  }

  /** What the source still holds; 0 for logs, which hold everything for ever. */
  async pending(): Promise<number> {
    const counts = await Promise.all(this.source.partitions.map((partition) => this.source.pending?.(partition) ?? 0));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  arrivals(): Promise<Map<string, Arrival[]>> {
    return arrivals(this.#bench.admin, this.name, this.harness);
  }

  /** Messages in the topic, repeats included. */
  async arrived(): Promise<number> {
    const stats = (await this.#bench.admin.topicStats(this.name)) ?? [];
    return stats.reduce((sum, { min, max }) => sum + max - min, 0);
  }

  /**
   * Starts a run that brings more than `count` messages into the topic, some of them in the hands of RocketMQ's client, and waits there.
   * One whose time was over before, because the machine was busy, is followed by another that has twice the time.
   */
  async hold(count: number, recordsPerSecond: number, { deadlineMs, leftMs = 0, ...options }: HoldOptions = {}): Promise<HeldRun> {
    let timeMs = deadlineMs;
    for (const deadline = Date.now() + SETTLE_LIMIT_MS; ; await sleep(100)) {
      const gate = new Gate(2 * count);
      const loadRocketmq = () => pacedRocketmq(recordsPerSecond, gate);
      const there = await this.arrived();
      const overAt = Date.now() + (timeMs ?? Number.POSITIVE_INFINITY);
      const running = this.run({
        ...options,
        ...(timeMs !== undefined && { deadlineMs: timeMs }),
        deps: { ...options.deps, loadRocketmq },
      });
      let ended = await this.#endBefore(running, there + count);
      if (ended === undefined && Date.now() + leftMs < overAt) return { running, goOn: gate.open };
      ended ??= await running;
      if (!ranOutOfTime(ended) || Date.now() > deadline) throw new Error(`the run ended before its middle: ${JSON.stringify(ended)}`);
      if (timeMs !== undefined && ended.outcome !== 'not-before') timeMs *= 2;
    }
  }

  /** How the run ended, where it did so before more than `count` messages were in the topic. */
  async #endBefore(run: Promise<TaskOutcome>, count: number): Promise<TaskOutcome | undefined> {
    let ended: TaskOutcome | undefined;
    run.then(
      (outcome) => {
        ended = outcome;
      },
      () => {},
    );
    for (const deadline = Date.now() + SETTLE_LIMIT_MS; ; await sleep(20)) {
      const told = ended;
      if ((await this.arrived()) > count) return undefined;
      if (told !== undefined) return told;
      if (Date.now() > deadline) throw new Error(`no ${count} messages arrived in time`);
    }
  }

  /** Messages that were filled into each partition. */
  get filled(): number {
    return this.#filled;
  }

  async #toEnd(task: number, runtime: TestRuntime, deadline: number): Promise<void> {
    for (;;) {
      const { outcome, summary } = await this.run({ task, runtime, deadlineMs: Math.max(1_000, deadline - Date.now()) });
      const comesBack = summary?.stopped?.some(({ retriable }) => retriable) ?? false;
      if (outcome === 'ran' && summary?.outcome === 'caught-up' && !comesBack) return;
      if (outcome === 'failed-before' || Date.now() > deadline) throw new Error(`task ${task}: ${outcome} ${JSON.stringify(summary)}`);
      if (outcome !== 'ran' || comesBack) await sleep(100);
    }
  }
}
