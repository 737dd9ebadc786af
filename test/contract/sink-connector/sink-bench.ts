import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectRecord } from '../../../src/api/index.ts';
import type { BatchSpec, ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { connectorTypes, taskClasses } from '../../../src/connectors/registry.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { WORKER_DEADLINE_MS } from '../../support/crash/kill-randomly.ts';
import type { WorkerOrder } from '../../support/crash/worker-process.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { fileSink } from '../../support/sink/file-sink.ts';
import { LabSink, SinkLab } from '../../support/sink/sink-lab.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { SinkHarness, SinkTarget, SinkTargets } from '../harness/sink-harness.ts';

export const registry = {
  connectorTypes: { ...connectorTypes, ...fileSink.connectorTypes },
  taskClasses: { ...taskClasses, ...fileSink.taskClasses },
};

/** Of records with several keys: record n has key n mod 7. */
const KEYS = 7;
const LANES = { ordering: 'key', lanes: 3 };

/** On a busy machine, too. */
const SETTLE_LIMIT_MS = 240_000;

export interface CopyOptions {
  readonly queues?: number;
  /** Numbered messages in each queue. */
  readonly messages?: number;
  readonly batch?: Partial<BatchSpec>;
  readonly spec?: Partial<ConnectorSpec>;
  /** Instead of the target's own section. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where the target is, instead of its server's own address. */
  readonly address?: string;
}

/** RocketMQ, store and runtime, and the system under test. */
export class SinkBench {
  readonly harness: SinkHarness;
  readonly lab: SinkLab;
  readonly #targets: SinkTargets;
  readonly #dynamodb: string;

  private constructor(harness: SinkHarness, lab: SinkLab, targets: SinkTargets, dynamodb: string) {
    this.harness = harness;
    this.lab = lab;
    this.#targets = targets;
    this.#dynamodb = dynamodb;
  }

  /** `targets`: instead of those on shared servers. */
  static async open(harness: SinkHarness, targets?: SinkTargets): Promise<SinkBench> {
    return new SinkBench(harness, await SinkLab.open(), targets ?? (await harness.open()), (await stackAddresses()).dynamodb);
  }

  /** Makes a topic with what a copy is to find, its target and its connector, and applies it. */
  async copy({ queues = 2, messages = 0, batch = {}, spec = {}, config }: CopyOptions = {}): Promise<SinkCopy> {
    const copy = await this.prepare({ queues, messages, batch, spec, ...(config && { config }) });
    await copy.sink.apply();
    return copy;
  }

  async prepare({ queues = 2, messages = 0, batch = {}, spec = {}, config, address }: CopyOptions = {}): Promise<SinkCopy> {
    const topic = await this.lab.topics.create({ queues });
    const target = await this.#targets.create(topic);
    const type = await registry.connectorTypes[this.harness.type as 'file-sink']();
    const options = config ?? target.config(address === undefined ? {} : { address });
    const system = type.config.parse({ ...options, ...(this.harness.ordering === 'key' && LANES) }) as ConnectorSpec['system'];
    const limits = { ...connectorSpec().batch, ...batch };
    const sink = new LabSink(this.lab, topic, { type: this.harness.type, system, batch: limits, ...spec }, registry);
    const copy = new SinkCopy(this, sink, target, queues);
    await copy.fill(messages);
    return copy;
  }

  /** A runtime whose store is ahead by so many ms: leases that the dead held are over. */
  later(ms: number): TestRuntime {
    const store = createDynamodbStore({ table: this.lab.table, endpoint: this.#dynamodb, now: () => Date.now() + ms });
    return new TestRuntime(store, ms);
  }

  /** For a worker process that runs task 0. */
  order({ sink }: SinkCopy, more: Partial<WorkerOrder> = {}): WorkerOrder {
    return {
      table: this.lab.table,
      dynamodb: this.#dynamodb,
      deadlineMs: WORKER_DEADLINE_MS,
      work: { run: { connector: sink.spec.name, task: 0 } },
      ...more,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#targets[Symbol.asyncDispose]();
    await this.lab[Symbol.asyncDispose]();
  }
}

/** One connector, what its topic holds, and its target. */
export class SinkCopy {
  readonly bench: SinkBench;
  readonly sink: LabSink;
  readonly target: SinkTarget;
  readonly queues: number;
  #filled = 0;

  constructor(bench: SinkBench, sink: LabSink, target: SinkTarget, queues: number) {
    this.bench = bench;
    this.sink = sink;
    this.target = target;
    this.queues = queues;
  }

  /** The number of records that each queue got. */
  get filled(): number {
    return this.#filled;
  }

  /** Adds numbered records to each queue, with values of that many bytes or more. */
  async fill(count: number, bytes = 0): Promise<void> {
    if (count === 0) return;
    for (let queue = 0; queue < this.queues; queue += 1) {
      const from = this.#filled;
      await this.put(
        queue,
        Array.from({ length: count }, (_, index) => ({
          key: Buffer.from(this.#keys === 1 ? `q${queue}` : `q${queue}-${(from + index) % this.#keys}`),
          value: Buffer.from(`${queue} ${from + index} `.padEnd(bytes, 'x').trimEnd()),
          headers: [],
        })),
      );
    }
    this.#filled += count;
  }

  /** Puts records into a queue, as a source writes them. */
  async put(queue: number, records: readonly ConnectRecord[]): Promise<void> {
    const { asSent = (record: ConnectRecord) => record } = this.bench.harness;
    const messages = records
      .map(asSent)
      .map((record, index) => recordToMessage('contract', { ...record, partition: 'p', id: String(index), position: '' }));
    await this.sink.fill(queue, messages.length, (index) => messages[index] ?? {});
  }

  /** Runs every task, again where it failed and may, until each has caught up. */
  async settle(runtime: TestRuntime = this.bench.lab.runtime): Promise<void> {
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    for (const { task } of await this.bench.lab.runtime.store.listTasks(this.sink.spec.name)) {
      for (;;) {
        const { outcome, summary } = await this.sink.invoke({ task, runtime, deadlineMs: 120_000 });
        const comesBack = summary?.stopped?.some(({ retriable }) => retriable) ?? false;
        if (outcome === 'ran' && summary?.outcome === 'caught-up' && !comesBack) break;
        if (outcome === 'failed-before' || Date.now() > deadline) throw new Error(`task ${task}: ${outcome} ${JSON.stringify(summary)}`);
        // Another run has the task, or it pauses after failures.
        if (outcome !== 'ran' || comesBack) await sleep(100);
      }
    }
  }

  /** How many keys the numbered records of a queue have. */
  get #keys(): number {
    return this.bench.harness.ordering === 'key' ? KEYS : 1;
  }

  /**
   * That the target has all numbered records, those of each queue, or of each key of it, in their order by the last copy of each and by the
   * first. Returns how many came again.
   */
  async expectComplete(): Promise<number> {
    const arrived = (await this.target.read()).map(({ value }) => String(value).split(' ').map(Number));
    for (let queue = 0; queue < this.queues; queue += 1) {
      const numbers = arrived.filter(([from]) => from === queue).map(([, number]) => number as number);
      for (let key = 0; key < this.#keys; key += 1) this.#expectOrder(queue, key, numbers);
    }
    const repeats = arrived.length - this.queues * this.#filled;
    if (this.bench.harness.exactlyOnce && repeats > 0) throw new Error(`${repeats} of ${arrived.length} records came twice`);
    return repeats;
  }

  #expectOrder(queue: number, key: number, all: readonly number[]): void {
    const own = (number: number) => number % this.#keys === key;
    const numbers = all.filter(own);
    const firsts = [...new Set(numbers)];
    const wanted = Array.from({ length: this.#filled }, (_, index) => index).filter(own);
    if (JSON.stringify(firsts) !== JSON.stringify(wanted))
      throw new Error(
        `queue ${queue}, key ${key}: ${firsts.length} of ${wanted.length} records arrived, or not in their order: ${firsts.slice(0, 20)}`,
      );
    for (const [index, number] of numbers.entries()) {
      const before = numbers[index - 1];
      // A repeat begins anew at an earlier record, and goes on without a gap.
      if (before !== undefined && number > before + this.#keys)
        throw new Error(`queue ${queue}, key ${key}: ${number} came behind ${before}`);
    }
  }
}
