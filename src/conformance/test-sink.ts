import assert from 'node:assert/strict';
import type { ConnectRecord, Position, SinkTaskClass } from '../api/index.ts';
import type { Registry } from '../connectors/packages.ts';
import type { TaskDeps } from '../runtime/run/contracts.ts';
import type { RunReport } from '../runtime/run/finish-run.ts';
import { runSink } from '../runtime/sink/run-sink.ts';
import { MemoryQueues } from './memory-queues.ts';
import type { SinkHarness, TestTarget } from './sink-harness.ts';
import { NAME, RUN_MS, registryOf, TestConnector, type TestRunOptions } from './test-connector.ts';
import { type SinkWatcher, watchedSinkClass } from './watched-sink.ts';

export interface SinkRunOptions extends TestRunOptions {
  readonly watcher?: SinkWatcher;
}

/** One target and what the runtime copies to it, with plan, positions and queues in memory. */
export class TestSink extends TestConnector {
  readonly target: TestTarget;
  readonly queues: MemoryQueues;
  #filled = 0;

  private constructor({ type }: SinkHarness, target: TestTarget, registry: Registry, queues: number) {
    super('sink', type, registry, target.config);
    this.target = target;
    this.queues = new MemoryQueues(NAME, queues);
  }

  /** Opens a target for the time of `use`. */
  static async with(harness: SinkHarness, queues: number, use: (sink: TestSink) => Promise<void>): Promise<void> {
    const registry = await registryOf(harness.connector);
    const sink = new TestSink(harness, await harness.createTarget(), registry, queues);
    try {
      await use(sink);
    } finally {
      await sink.clients.close();
      await sink.target.remove();
    }
  }

  get partitions(): readonly string[] {
    return this.queues.names;
  }

  get wrong() {
    return this.target.wrong;
  }

  /** Numbered records, so many for each queue. */
  fill(count: number): void {
    for (const name of this.queues.names) this.queues.put(name, numbered(name, this.#filled, count));
    this.#filled += count;
  }

  /** Numbered records of a queue, one for each of these ordering keys in turn, so many in all. */
  fillByKey(queue: string, keys: readonly string[], count: number): void {
    const records = numbered(queue, 0, count);
    this.queues.put(queue, records, (index) => keys[index % keys.length] as string);
  }

  /** That the target has all records of `fillByKey`, those of each key in their order. */
  async expectByKey(queue: string, keys: readonly string[], count: number): Promise<void> {
    const values = [...new Set((await this.target.read()).map(({ value }) => String(value)))];
    const wanted = numbered(queue, 0, count).map((record) => String(this.expected(record).value));
    for (const [place, key] of keys.entries()) {
      const own = wanted.filter((_, index) => index % keys.length === place);
      const arrived = values.filter((value) => own.includes(value));
      assert.deepEqual(arrived, own, `key ${key}: records are lost, or not in their order`);
    }
  }

  /** One run of the runtime itself. It stores what the run reached. */
  async run({ signal = new AbortController().signal, watcher = {}, ...options }: SinkRunOptions = {}): Promise<RunReport> {
    const { create } = await this.loaded();
    let fault: unknown;
    const faulty = new AbortController();
    const watched = watchedSinkClass(create as SinkTaskClass<never>, watcher, (error) => {
      fault ??= error;
      faulty.abort();
    });
    const deps = {
      ...this.parts(),
      store: { checkpoint: async (_: unknown, reached: ReadonlyMap<string, Position>) => this.store(reached) },
      taskClasses: { [this.taskClass]: async () => ({ direction: 'sink', create: watched }) },
      loadQueues: async () => this.queues.module,
    };
    const invocation = { deadline: Date.now() + RUN_MS, owner: NAME, signal: AbortSignal.any([signal, faulty.signal]) };
    const report = await runSink(await this.held(options), deps as unknown as TaskDeps, invocation);
    this.store(report.positions);
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
}

const numbered = (queue: string, from: number, count: number): ConnectRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key: null,
    value: Buffer.from(`record ${from + index} of ${queue}`),
    headers: [],
  }));
