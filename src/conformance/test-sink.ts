import assert from 'node:assert/strict';
import { type Connector, type ConnectRecord, type Position, type SinkTaskClass, silentLogger, type TaskConfig } from '../api/index.ts';
import type { ConnectorSpec } from '../config/connector-spec.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import { type Registry, withPackages } from '../connectors/packages.ts';
import { withConnector } from '../runtime/planner/open-connector.ts';
import type { PlannerDeps } from '../runtime/planner/planner-deps.ts';
import type { TaskDeps } from '../runtime/run/contracts.ts';
import type { RunReport } from '../runtime/run/finish-run.ts';
import { runSink } from '../runtime/sink/run-sink.ts';
import { WarmClients } from '../runtime/warm-clients.ts';
import { idle, NAME } from './idle-task.ts';
import { MemoryQueues } from './memory-queues.ts';
import type { SinkHarness, TestTarget } from './sink-harness.ts';
import { type SinkWatcher, watchedSinkClass } from './watched-sink.ts';

const RUN_MS = 60_000;

export interface SinkRunOptions {
  readonly task?: number;
  readonly maxRecords?: number;
  readonly signal?: AbortSignal;
  readonly watcher?: SinkWatcher;
  /** The sink section. Default: the right one. */
  readonly system?: Readonly<Record<string, unknown>>;
}

/** One target and what the runtime copies to it, with plan, positions and queues in memory. */
export class TestSink {
  readonly target: TestTarget;
  readonly queues: MemoryQueues;
  /** As a store would have them. */
  readonly positions = new Map<string, Position>();
  /** The plan in force. */
  split: readonly TaskConfig[] = [];
  readonly #harness: SinkHarness;
  readonly #registry: Registry;
  readonly #clients = new WarmClients();
  #taskClass = '';
  #filled = 0;
  #epoch = 0;

  private constructor(harness: SinkHarness, target: TestTarget, registry: Registry, queues: number) {
    this.#harness = harness;
    this.target = target;
    this.#registry = registry;
    this.queues = new MemoryQueues(NAME, queues);
  }

  /** Opens a target for the time of `use`. */
  static async with(harness: SinkHarness, queues: number, use: (sink: TestSink) => Promise<void>): Promise<void> {
    const registry = await withPackages({ connectorTypes: {}, taskClasses: {} }, { 'under test': async () => harness.connector });
    const sink = new TestSink(harness, await harness.createTarget(), registry, queues);
    try {
      await use(sink);
    } finally {
      await sink.#clients.close();
      await sink.target.remove();
    }
  }

  async type() {
    const load = this.#registry.connectorTypes[this.#harness.type];
    assert.ok(load !== undefined, `the package has no connector type ${this.#harness.type}`);
    return load();
  }

  /** The task class that the connector names. */
  async taskClass(): Promise<SinkTaskClass<never>> {
    const loaded = await this.#registry.taskClasses[this.#taskClass]?.();
    assert.ok(loaded?.direction === 'sink', `the package has no task class ${this.#taskClass} for a sink, which its connector names`);
    return loaded.create;
  }

  /** `system`: the sink section. */
  async spec(system: Readonly<Record<string, unknown>> = this.target.config): Promise<ConnectorSpec> {
    const file = { name: NAME, type: this.#harness.type, sink: system, rocketmq: { endpoints: '127.0.0.1:9876', topic: NAME } };
    const { sink, ...common } = connectorFileSpec(await this.type()).parse(file);
    return { ...common, direction: 'sink', system: sink } as unknown as ConnectorSpec;
  }

  /** The connector of a configuration, for the time of `use`. */
  async withConnector<R>(use: (connector: Connector) => Promise<R>, system = this.target.config): Promise<R> {
    const { connectorTypes } = this.#registry;
    const deps = { connectorTypes, ...this.#parts(), deadline: () => Date.now() + RUN_MS };
    return withConnector(await this.spec(system), deps as unknown as PlannerDeps, use);
  }

  /** Puts a split in force. */
  async plan(maxTasks = 1): Promise<readonly TaskConfig[]> {
    return this.withConnector(async (connector) => {
      this.split = await connector.taskConfigs(maxTasks, this.split, this.positions, this.queues.names);
      this.#taskClass = connector.taskClass;
      return this.split;
    });
  }

  /** Numbered records, so many for each queue. */
  fill(count: number): void {
    for (const name of this.queues.names) this.queues.put(name, numbered(name, this.#filled, count));
    this.#filled += count;
  }

  /** One run of the runtime itself. It stores what the run reached. */
  async run({
    task = 0,
    maxRecords,
    signal = new AbortController().signal,
    watcher = {},
    system,
  }: SinkRunOptions = {}): Promise<RunReport> {
    let fault: unknown;
    const faulty = new AbortController();
    const watched = watchedSinkClass(await this.taskClass(), watcher, (error) => {
      fault ??= error;
      faulty.abort();
    });
    const spec = await this.spec(system);
    const batch = { ...spec.batch, checkpointIntervalMs: 0, ...(maxRecords !== undefined && { maxRecords }) };
    const taskConfig = this.split[task] as TaskConfig;
    const known = new Map([...this.positions].filter(([partition]) => taskConfig.partitions.includes(partition)));
    const planned = { taskClass: this.#taskClass, taskConfig, spec: { ...spec, batch } };
    const deps = {
      ...this.#parts(),
      store: { checkpoint: async (_: unknown, reached: ReadonlyMap<string, Position>) => this.#store(reached) },
      taskClasses: { [this.#taskClass]: async () => ({ direction: 'sink', create: watched }) },
      loadQueues: async () => this.queues.module,
    };
    this.#epoch += 1;
    const lease = { connector: NAME, task, epoch: this.#epoch, owner: NAME, until: Date.now() + RUN_MS };
    const item = { ...idle(task), epoch: this.#epoch, planned, positions: known };
    const invocation = { deadline: Date.now() + RUN_MS, owner: NAME, signal: AbortSignal.any([signal, faulty.signal]) };
    const report = await runSink({ item, lease }, deps as unknown as TaskDeps, invocation);
    this.#store(report.positions);
    if (fault !== undefined) throw fault;
    return report;
  }

  /** Runs every task until each is caught up. */
  async settle(options: SinkRunOptions = {}): Promise<void> {
    for (const task of this.split.keys()) {
      for (let outcome = ''; outcome !== 'caught-up'; ) {
        const { summary } = await this.run({ ...options, task });
        const problem = JSON.stringify(summary.error ?? summary.stopped);
        assert.ok(['caught-up', 'limit'].includes(summary.outcome), `a run ended as ${summary.outcome}: ${problem}`);
        outcome = summary.outcome;
      }
    }
  }

  /** That the target has all numbered records, those of each queue in their order. Returns how many came again. */
  async repeats(): Promise<number> {
    const values = (await this.target.read()).map(({ value }) => String(value));
    for (const name of this.queues.names) {
      const wanted = numbered(name, 0, this.#filled).map((record) => String(this.expected(record).value));
      const own = new Set(wanted);
      const firsts = [...new Set(values.filter((value) => own.has(value)))];
      assert.deepEqual(firsts, wanted, `queue ${name}: records are lost, or not in their order`);
    }
    return values.length - this.queues.names.length * this.#filled;
  }

  expected(record: ConnectRecord): ConnectRecord {
    return this.target.expected?.(record) ?? record;
  }

  #store(positions: ReadonlyMap<string, Position>): void {
    for (const [partition, position] of positions) this.positions.set(partition, position);
  }

  #parts() {
    return { resolveSecrets: async <T>(value: T) => value, clients: this.#clients, logger: silentLogger };
  }
}

const numbered = (queue: string, from: number, count: number): ConnectRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key: null,
    value: Buffer.from(`record ${from + index} of ${queue}`),
    headers: [],
  }));
