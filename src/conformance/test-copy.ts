import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { ConnectError, type ConnectRecord, type Position, type SourceTaskClass } from '../api/index.ts';
import type { Registry } from '../connectors/packages.ts';
import { pollUntil } from '../kit/index.ts';
import type { TaskDeps } from '../runtime/run/contracts.ts';
import type { RunReport } from '../runtime/run/finish-run.ts';
import { runSource } from '../runtime/source/run-source.ts';
import { MemoryRocketmq } from './memory-rocketmq.ts';
import type { SourceHarness, TestSource } from './source-harness.ts';
import { idle, NAME, RUN_MS, registryOf, TestConnector, type TestRunOptions } from './test-connector.ts';
import { type TaskWatcher, watchedClass } from './watched-task.ts';

const PENDING_EVERY_MS = 100;
const PENDING_MS = 30_000;

export interface RunOptions extends TestRunOptions {
  /** Default: what earlier runs stored. */
  readonly positions?: ReadonlyMap<string, Position>;
  readonly watcher?: TaskWatcher;
}

/** One source and what the runtime copies of it, with plan, positions and topic in memory. */
export class TestCopy extends TestConnector {
  readonly source: TestSource;
  readonly rocketmq = new MemoryRocketmq();
  #filled = 0;

  private constructor({ type }: SourceHarness, source: TestSource, registry: Registry) {
    super('source', type, registry, source.config);
    this.source = source;
  }

  /** Opens a source for the time of `use`. */
  static async with(harness: SourceHarness, partitions: number, use: (copy: TestCopy) => Promise<void>): Promise<void> {
    const registry = await registryOf(harness.connector);
    const copy = new TestCopy(harness, await harness.createSource(partitions), registry);
    try {
      await use(copy);
    } finally {
      await copy.clients.close();
      await copy.source.remove();
    }
  }

  get partitions(): readonly string[] {
    return this.source.partitions;
  }

  get wrong() {
    return this.source.wrong;
  }

  /** Numbered records, so many for each partition. */
  async fill(count: number): Promise<void> {
    for (const partition of this.source.partitions) await this.source.fill(partition, numbered(this.#filled, count));
    this.#filled += count;
  }

  /** One run of the runtime itself. It stores what the run reached. */
  async run({ signal = new AbortController().signal, positions, watcher = {}, ...options }: RunOptions = {}): Promise<RunReport> {
    const { create } = await this.loaded();
    let fault: unknown;
    const watched = watchedClass(create as SourceTaskClass<never>, watcher, (error) => {
      fault ??= error;
    });
    const held = await this.held(options, positions);
    const store = {
      checkpoint: async (_: unknown, reached: ReadonlyMap<string, Position>) => this.store(reached),
      listTasks: async () =>
        this.split.map((taskConfig, index) => ({
          ...idle(index),
          planned: { ...held.item.planned, taskConfig },
          positions: this.positions,
        })),
    };
    const deps = {
      ...this.parts(),
      store,
      taskClasses: { [this.taskClass]: async () => ({ direction: 'source', create: watched }) },
      loadRocketmq: async () => this.rocketmq.module,
    };
    const report = await runSource(held, deps as unknown as TaskDeps, { deadline: Date.now() + RUN_MS, owner: NAME, signal });
    this.store(report.positions);
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

  /** That the connector names these partitions as pending, soon, as systems may count late, or says that it does not know. */
  async expectPending(partitions: readonly string[]): Promise<void> {
    const named = async () => {
      const pending = await this.pending();
      return pending === 'unknown' ? [...partitions].sort() : [...pending].sort();
    };
    const wanted = [...partitions].sort();
    await pollUntil(async () => isDeepStrictEqual(await named(), wanted), PENDING_EVERY_MS, PENDING_MS);
    assert.deepEqual(await named(), wanted, 'partitions that are pending');
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
}

const numbered = (from: number, count: number): ConnectRecord[] =>
  Array.from({ length: count }, (_, index) => ({ key: null, value: Buffer.from(`record ${from + index}`), headers: [] }));

/** What RocketMQ's client says of a broker that is away. */
export const brokerAway = (): ConnectError =>
  new ConnectError('UNREACHABLE', 'no broker answers', { retriable: true, remedy: 'try again' });
