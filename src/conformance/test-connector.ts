import assert from 'node:assert/strict';
import { type Connector, type Direction, type PendingPartitions, type Position, silentLogger, type TaskConfig } from '../api/index.ts';
import type { ConnectorSpec } from '../config/connector-spec.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import { type Registry, withPackages } from '../connectors/packages.ts';
import { withConnector } from '../runtime/planner/open-connector.ts';
import type { PlannerDeps } from '../runtime/planner/planner-deps.ts';
import type { HeldTask } from '../runtime/run/run.ts';
import { WarmClients } from '../runtime/warm-clients.ts';
import type { TaskItem } from '../store/store.ts';
import type { WrongConfig } from './conformance-case.ts';

/** The name of the connector under test. */
export const NAME = 'conformance';
export const RUN_MS = 60_000;

export interface TestRunOptions {
  readonly task?: number;
  readonly maxRecords?: number;
  readonly signal?: AbortSignal;
  /** The source or sink section. Default: the right one. */
  readonly system?: Readonly<Record<string, unknown>>;
}

/** The connector of a package with its plan and positions in memory. A subclass knows how its tasks run. */
export abstract class TestConnector {
  /** As a store would have them. */
  readonly positions = new Map<string, Position>();
  /** The plan in force. */
  split: readonly TaskConfig[] = [];
  /** The names of all partitions. */
  abstract readonly partitions: readonly string[];
  /** Configurations that `check` must refuse. */
  abstract readonly wrong: readonly WrongConfig[];
  readonly direction: Direction;
  protected readonly clients = new WarmClients();
  protected taskClass = '';
  readonly #type: string;
  readonly #registry: Registry;
  readonly #config: Readonly<Record<string, unknown>>;
  #epoch = 0;

  /** `config`: the right source or sink section. */
  protected constructor(direction: Direction, type: string, registry: Registry, config: Readonly<Record<string, unknown>>) {
    this.direction = direction;
    this.#type = type;
    this.#registry = registry;
    this.#config = config;
  }

  async type() {
    const load = this.#registry.connectorTypes[this.#type];
    assert.ok(load !== undefined, `the package has no connector type ${this.#type}`);
    return load();
  }

  async spec(system: Readonly<Record<string, unknown>> = this.#config): Promise<ConnectorSpec> {
    const { direction } = this;
    const file = { name: NAME, type: this.#type, [direction]: system, rocketmq: { endpoints: '127.0.0.1:9876', topic: NAME } };
    const { [direction]: parsed, ...common } = connectorFileSpec(await this.type()).parse(file) as Record<string, unknown>;
    return { ...common, direction, system: parsed } as unknown as ConnectorSpec;
  }

  /** The connector of a configuration, for the time of `use`. */
  async withConnector<R>(use: (connector: Connector) => Promise<R>, system = this.#config): Promise<R> {
    const { connectorTypes } = this.#registry;
    const deps = { connectorTypes, ...this.parts(), deadline: () => Date.now() + RUN_MS };
    return withConnector(await this.spec(system), deps as unknown as PlannerDeps, use);
  }

  /** Puts a split in force. */
  async plan(maxTasks = 1): Promise<readonly TaskConfig[]> {
    return this.withConnector(async (connector) => {
      this.split = await connector.taskConfigs(
        maxTasks,
        this.split,
        this.positions,
        this.direction === 'sink' ? this.partitions : undefined,
      );
      this.taskClass = connector.taskClass;
      return this.split;
    });
  }

  /** What the connector says is pending behind the positions that are stored. */
  pending(): Promise<PendingPartitions | 'unknown'> {
    return this.withConnector(async (connector) => (await connector.pending?.(this.split, this.positions)) ?? 'unknown');
  }

  /** That a task stops within its time where it was never started. */
  async stopUnstarted(withinMs: number): Promise<void> {
    await this.plan();
    const { create } = await this.loaded();
    const clients = { get: <T>(_: string, make: () => Promise<T>) => make(), close: async () => {} };
    const task = new create({
      connector: NAME,
      task: 0,
      config: (await this.spec()).system as never,
      taskConfig: this.split[0] as never,
      logger: silentLogger,
      clients,
      signal: new AbortController().signal,
      positions: new Map(),
      positionsOfAll: async () => ({ positions: new Map(), quietAt: 0 }),
      epoch: 1,
    });
    const began = Date.now();
    await task.stop();
    assert.ok(Date.now() - began < withinMs, `stop took longer than ${withinMs} ms`);
  }

  /** The task class that the connector names. */
  protected async loaded() {
    const loaded = await this.#registry.taskClasses[this.taskClass]?.();
    assert.ok(loaded !== undefined, `the package has no task class ${this.taskClass}, which its connector names`);
    assert.equal(loaded.direction, this.direction, `the direction of task class ${this.taskClass}`);
    return loaded;
  }

  /** A task whose lease is held, for one run. `positions`: where it goes on. */
  protected async held(
    { task = 0, maxRecords, system }: TestRunOptions,
    positions: ReadonlyMap<string, Position> = this.positions,
  ): Promise<HeldTask> {
    const spec = await this.spec(system);
    const batch = { ...spec.batch, checkpointIntervalMs: 0, ...(maxRecords !== undefined && { maxRecords }) };
    const taskConfig = this.split[task] as TaskConfig;
    const known = new Map([...positions].filter(([partition]) => taskConfig.partitions.includes(partition)));
    const planned = { taskClass: this.taskClass, taskConfig, spec: NAME };
    this.#epoch += 1;
    const lease = { connector: NAME, task, epoch: this.#epoch, owner: NAME, until: Date.now() + RUN_MS };
    return { item: { ...idle(task), epoch: this.#epoch, planned, positions: known }, lease, spec: { ...spec, batch } };
  }

  protected store(positions: ReadonlyMap<string, Position>): void {
    for (const [partition, position] of positions) this.positions.set(partition, position);
  }

  protected parts() {
    return { resolveSecrets: async <T>(value: T) => value, clients: this.clients, logger: silentLogger };
  }
}

/** What the package exports, as a project loads it. */
export const registryOf = (connector: Registry): Promise<Registry> =>
  withPackages({ connectorTypes: {}, taskClasses: {} }, { 'under test': async () => connector });

/** A task that was never run. */
export const idle = (task: number): TaskItem => ({
  connector: NAME,
  task,
  generation: 1,
  positions: new Map(),
  epoch: 1,
  leaseUntil: 0,
  paused: false,
  rerun: false,
  skips: new Set(),
  counters: { invocations: 0, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 0 },
});
