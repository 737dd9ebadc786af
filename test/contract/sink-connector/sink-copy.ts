import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectRecord } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import type { RunSummary } from '../../../src/store/store.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { LabSink } from '../../support/sink/sink-lab.ts';
import type { SinkTarget } from '../harness/sink-harness.ts';
import type { SinkBench } from './sink-bench.ts';

/** Of records with several keys: record n has key n mod 7. */
const KEYS = 7;
/** On a busy machine, too. */
const SETTLE_LIMIT_MS = 240_000;
/** The value of a numbered record, which is filled up to any length. */
const NUMBERED = /^\d+ \d+( x*)?$/;

/** One connector, what its topic holds, and its target. */
export class SinkCopy {
  readonly bench: SinkBench;
  readonly sink: LabSink;
  readonly target: SinkTarget;
  readonly queues: number;
  #filled = 0;
  /** Records that the target is to have. */
  #wanted = 0;

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

  /** Puts records into a queue, as a source writes them. `refused`: the target does not take them. */
  async put(queue: number, records: readonly ConnectRecord[], { refused = false } = {}): Promise<void> {
    if (!refused) this.#wanted += records.length;
    const { asSent = (record: ConnectRecord) => record } = this.bench.harness;
    const messages = records
      .map(asSent)
      .map((record, index) => recordToMessage('contract', { ...record, partition: 'p', id: String(index), position: '' }));
    await this.sink.fill(queue, messages.length, (index) => messages[index] ?? {});
  }

  /**
   * Runs every task, again where it failed and may, until each has caught up, and where they share queues until the target has all.
   * Resolves with the summaries of the runs.
   */
  async settle(runtime: TestRuntime = this.bench.lab.runtime): Promise<RunSummary[]> {
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    const summaries: RunSummary[] = [];
    const tasks = await this.bench.lab.runtime.store.listTasks(this.sink.spec.name);
    for (;;) {
      for (const { task } of tasks) summaries.push(...(await this.#toEnd(task, runtime, deadline)));
      if (!this.bench.harness.sharesQueues || (await this.#hasAll())) return summaries;
      if (Date.now() > deadline) throw new Error(`the target has not got all: ${JSON.stringify(summaries.slice(-3))}`);
    }
  }

  async #toEnd(task: number, runtime: TestRuntime, deadline: number): Promise<RunSummary[]> {
    const summaries: RunSummary[] = [];
    for (;;) {
      const { outcome, summary } = await this.sink.invoke({ task, runtime, deadlineMs: 120_000 });
      if (summary !== undefined) summaries.push(summary);
      const comesBack = summary?.stopped?.some(({ retriable }) => retriable) ?? false;
      if (outcome === 'ran' && summary?.outcome === 'caught-up' && !comesBack) return summaries;
      if (outcome === 'failed-before' || Date.now() > deadline) throw new Error(`task ${task}: ${outcome} ${JSON.stringify(summary)}`);
      // Another run has the task, or it pauses after failures.
      if (outcome !== 'ran' || comesBack) await sleep(100);
    }
  }

  async #hasAll(): Promise<boolean> {
    const arrived = await this.target.read();
    const numbered = new Set(arrived.map(({ value }) => String(value)).filter((value) => NUMBERED.test(value)));
    return arrived.length >= this.#wanted && numbered.size === this.queues * this.#filled;
  }

  /** How many keys the numbered records of a queue have. */
  get #keys(): number {
    return this.bench.harness.ordering === 'key' ? KEYS : 1;
  }

  /**
   * That the target has all numbered records, those of each queue, or of each key of it, in their order by the last copy of each and by the
   * first, where queues are not shared. Returns how many came again.
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
    const { sharesQueues } = this.bench.harness;
    const firsts = [...new Set(numbers)];
    if (sharesQueues) firsts.sort((a, b) => a - b);
    const wanted = Array.from({ length: this.#filled }, (_, index) => index).filter(own);
    if (JSON.stringify(firsts) !== JSON.stringify(wanted))
      throw new Error(
        `queue ${queue}, key ${key}: ${firsts.length} of ${wanted.length} records arrived, or not in their order: ${firsts.slice(0, 20)}`,
      );
    if (sharesQueues) return;
    for (const [index, number] of numbers.entries()) {
      const before = numbers[index - 1];
      // A repeat begins anew at an earlier record, and goes on without a gap.
      if (before !== undefined && number > before + this.#keys)
        throw new Error(`queue ${queue}, key ${key}: ${number} came behind ${before}`);
    }
  }
}
