import assert from 'node:assert/strict';
import { ConnectError, type Connector, type ConnectRecord, type Position, silentLogger, type TaskConfig } from '../api/index.ts';
import type { ConnectorSpec } from '../config/connector-spec.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import { type Registry, withPackages } from '../connectors/packages.ts';
import { withConnector } from '../runtime/planner/open-connector.ts';
import type { PlannerDeps } from '../runtime/planner/planner-deps.ts';
import type { TaskDeps } from '../runtime/run/contracts.ts';
import type { RunReport } from '../runtime/run/finish-run.ts';
import { runSource } from '../runtime/source/run-source.ts';
import { WarmClients } from '../runtime/warm-clients.ts';
import { idle, NAME } from './idle-task.ts';
import { MemoryRocketmq } from './memory-rocketmq.ts';
import type { SourceHarness, TestSource } from './source-harness.ts';
import { type TaskWatcher, watchedClass } from './watched-task.ts';

const RUN_MS = 60_000;

export interface RunOptions {
  readonly task?: number;
  readonly maxRecords?: number;
  readonly signal?: AbortSignal;
  /** Default: what earlier runs stored. */
  readonly positions?: ReadonlyMap<string, Position>;
  readonly watcher?: TaskWatcher;
  /** The source section. Default: the right one. */
  readonly system?: Readonly<Record<string, unknown>>;
}

/** One source and what the runtime copies of it, with plan, positions and topic in memory. */
export class TestCopy {
  readonly source: TestSource;
  readonly rocketmq = new MemoryRocketmq();
  /** As a store would have them. */
  readonly positions = new Map<string, Position>();
  /** The plan in force. */
  split: readonly TaskConfig[] = [];
  readonly #harness: SourceHarness;
  readonly #registry: Registry;
  readonly #clients = new WarmClients();
  #taskClass = '';
  #filled = 0;

  private constructor(harness: SourceHarness, source: TestSource, registry: Registry) {
    this.#harness = harness;
    this.source = source;
    this.#registry = registry;
  }

  /** Opens a source for the time of `use`. */
  static async with(harness: SourceHarness, partitions: number, use: (copy: TestCopy) => Promise<void>): Promise<void> {
    const registry = await withPackages({ connectorTypes: {}, taskClasses: {} }, { 'under test': async () => harness.connector });
    const copy = new TestCopy(harness, await harness.createSource(partitions), registry);
    try {
      await use(copy);
    } finally {
      await copy.#clients.close();
      await copy.source.remove();
    }
  }

  async type() {
    const load = this.#registry.connectorTypes[this.#harness.type];
    assert.ok(load !== undefined, `the package has no connector type ${this.#harness.type}`);
    return load();
  }

  /** `system`: the source section. */
  async spec(system: Readonly<Record<string, unknown>> = this.source.config): Promise<ConnectorSpec> {
    const file = { name: NAME, type: this.#harness.type, source: system, rocketmq: { endpoints: '127.0.0.1:9876', topic: NAME } };
    const { source, ...common } = connectorFileSpec(await this.type()).parse(file);
    return { ...common, direction: 'source', system: source } as unknown as ConnectorSpec;
  }

  /** The connector of a configuration, for the time of `use`. */
  async withConnector<R>(use: (connector: Connector) => Promise<R>, system = this.source.config): Promise<R> {
    const { connectorTypes } = this.#registry;
    const deps = { connectorTypes, ...this.#parts(), deadline: () => Date.now() + RUN_MS };
    return withConnector(await this.spec(system), deps as unknown as PlannerDeps, use);
  }

  /** Puts a split in force. */
  async plan(maxTasks = 1): Promise<readonly TaskConfig[]> {
    return this.withConnector(async (connector) => {
      this.split = await connector.taskConfigs(maxTasks, this.split, this.positions);
      this.#taskClass = connector.taskClass;
      return this.split;
    });
  }

  /** Numbered records, so many for each partition. */
  async fill(count: number): Promise<void> {
    for (const partition of this.source.partitions) await this.source.fill(partition, numbered(this.#filled, count));
    this.#filled += count;
  }

  /** One run of the runtime itself. It stores what the run reached. */
  async run({
    task = 0,
    maxRecords,
    signal = new AbortController().signal,
    positions = this.positions,
    watcher = {},
    system,
  }: RunOptions = {}): Promise<RunReport> {
    const load = this.#registry.taskClasses[this.#taskClass];
    assert.ok(load !== undefined, `the package has no task class ${this.#taskClass}, which its connector names`);
    const { create } = await load();
    let fault: unknown;
    const watched = watchedClass(create as never, watcher, (error) => {
      fault ??= error;
    });
    const spec = await this.spec(system);
    const batch = { ...spec.batch, checkpointIntervalMs: 0, ...(maxRecords !== undefined && { maxRecords }) };
    const taskConfig = this.split[task] as TaskConfig;
    const known = new Map([...positions].filter(([partition]) => taskConfig.partitions.includes(partition)));
    const planned = { taskClass: this.#taskClass, taskConfig, spec: { ...spec, batch } };
    const store = {
      checkpoint: async (_: unknown, reached: ReadonlyMap<string, Position>) => this.#store(reached),
      listTasks: async () =>
        this.split.map((config, index) => ({ ...idle(index), planned: { ...planned, taskConfig: config }, positions: this.positions })),
    };
    const deps = {
      ...this.#parts(),
      store,
      taskClasses: { [this.#taskClass]: async () => ({ direction: 'source', create: watched }) },
      loadRocketmq: async () => this.rocketmq.module,
    };
    const lease = { connector: NAME, task, epoch: 1, owner: NAME, until: Date.now() + RUN_MS };
    const report = await runSource({ item: { ...idle(task), planned, positions: known }, lease }, deps as unknown as TaskDeps, {
      deadline: Date.now() + RUN_MS,
      owner: NAME,
      signal,
    });
    this.#store(report.positions);
    if (fault !== undefined) throw fault;
    return report;
  }

  /** Runs every task until each is caught up. */
  async settle(options: RunOptions = {}): Promise<void> {
    for (const task of this.split.keys()) {
      for (let outcome = ''; outcome !== 'caught-up'; ) {
        const { summary } = await this.run({ ...options, task });
        assert.ok(
          ['caught-up', 'limit'].includes(summary.outcome),
          `a run ended as ${summary.outcome}: ${JSON.stringify(summary.error ?? summary.stopped)}`,
        );
        assert.ok(
          summary.outcome === 'caught-up' || summary.records > 0,
          'a run came to its time limit, read nothing and was not caught up',
        );
        outcome = summary.outcome;
      }
    }
  }

  /** That all numbered records are there, in the order of their partition. Repeats are counted, and must be known by their id. */
  repeats(): number {
    let repeats = 0;
    for (const partition of this.source.partitions) {
      const seen = new Map<string, string>();
      for (const { id, value } of this.rocketmq.of(partition)) {
        const text = String(value);
        assert.equal(seen.get(id) ?? text, text, `two records of ${partition} have the id ${id}`);
        if (seen.has(id)) repeats += 1;
        seen.set(id, text);
      }
      const wanted = numbered(0, this.#filled).map((record) => String(this.expected(record).value));
      assert.deepEqual(
        [...seen.values()],
        wanted,
        `partition ${partition}: records are lost, or not in their order, or a repeat has another id`,
      );
    }
    return repeats;
  }

  expected(record: ConnectRecord): ConnectRecord {
    return this.source.expected?.(record) ?? record;
  }

  #store(positions: ReadonlyMap<string, Position>): void {
    for (const [partition, position] of positions) this.positions.set(partition, position);
  }

  #parts() {
    return { resolveSecrets: async <T>(value: T) => value, clients: this.#clients, logger: silentLogger };
  }
}

const numbered = (from: number, count: number): ConnectRecord[] =>
  Array.from({ length: count }, (_, index) => ({ key: null, value: Buffer.from(`record ${from + index}`), headers: [] }));

/** What RocketMQ's client says of a broker that is away. */
export const brokerAway = (): ConnectError =>
  new ConnectError('UNREACHABLE', 'no broker answers', { retriable: true, remedy: 'try again' });
