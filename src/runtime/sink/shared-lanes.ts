import type { SinkTask } from '../../api/index.ts';
import type { SharedMessage, SharedQueues } from '../../rocketmq/types.ts';
import { BatchSettler, type SettlerOptions } from './batch-settler.ts';
import { BatchWriter } from './batch-writer.ts';
import type { ReadMessage } from './read-message.ts';
import type { SinkProgress } from './sink-progress.ts';
import type { WriteWindow } from './write-window.ts';

const MAX_BATCH_RECORDS = 1_000;
const MAX_BATCH_BYTES = 1024 * 1024;
/** As many queues as a task reads side by side with positions. */
const LANES_AT_ONCE = 64;

/** What was received, as a record or with the reason why it is none. */
export interface SharedRead extends ReadMessage {
  readonly shared: SharedMessage;
}

export interface SharedLanesOptions extends Omit<SettlerOptions, 'topic' | 'partition' | 'writer' | 'parking'> {
  readonly queues: Pick<SharedQueues, 'acknowledge'>;
  readonly progress: SinkProgress;
  readonly window: WriteWindow;
  readonly signal: AbortSignal;
  /** Opens the target; called with the first record. */
  readonly openTask: () => Promise<SinkTask>;
  readonly onLate: () => void;
  /** A failure has ended the writing. */
  readonly onFailed: () => void;
}

interface Lane {
  readonly waiting: SharedRead[];
  isBusy: boolean;
}

/**
 * Writes what was received, queue by queue: what waits of a queue is its next batch. Messages are acknowledged once the target has them
 * durably, or the dead-letter topic.
 */
export class SharedLanes {
  readonly #options: SharedLanesOptions;
  readonly #lanes = new Map<string, Lane>();
  #task: Promise<SinkTask> | undefined;
  #busy = 0;
  #pending = 0;
  #bytes = 0;
  #wake: Array<() => void> = [];

  constructor(options: SharedLanesOptions) {
    this.#options = options;
  }

  /** Messages that are not acknowledged yet, and no failure has ended. */
  get pending(): number {
    return this.#pending;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes what a receive brought. */
  add(messages: readonly SharedRead[]): void {
    for (const read of messages) {
      const { partition } = read.shared;
      const lane = this.#lanes.get(partition) ?? { waiting: [], isBusy: false };
      this.#lanes.set(partition, lane);
      lane.waiting.push(read);
      this.#pending += 1;
      this.#bytes += read.bytes;
    }
    this.#begin();
  }

  /** Resolves when the next messages are acknowledged, or none will be any more. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }

  /** Resolves when nothing is on its way. What waits behind a failure stays where it is. Never rejects. */
  async finish(): Promise<void> {
    while (this.#busy > 0 || (this.#pending > 0 && !this.#isOver)) await this.changed();
  }

  get #isOver(): boolean {
    const { progress, window } = this.#options;
    return progress.failure !== undefined || !window.isOpen;
  }

  #begin(): void {
    for (const [partition, lane] of this.#lanes) {
      if (this.#busy >= LANES_AT_ONCE) return;
      if (!lane.isBusy) void this.#work(partition, lane);
    }
  }

  async #work(partition: string, lane: Lane): Promise<void> {
    const { progress, window, onFailed } = this.#options;
    lane.isBusy = true;
    this.#busy += 1;
    try {
      while (lane.waiting.length > 0 && !this.#isOver) await this.#settle(partition, await this.#nextBatch(lane));
    } catch (error) {
      progress.failUnlessLate(error, window);
      onFailed();
    }
    lane.isBusy = false;
    this.#busy -= 1;
    if (lane.waiting.length === 0) this.#lanes.delete(partition);
    if (!this.#isOver) this.#begin();
    this.#changed();
  }

  async #nextBatch({ waiting }: Lane): Promise<SharedRead[]> {
    this.#task ??= this.#options.openTask();
    const { maxRecords = MAX_BATCH_RECORDS } = await this.#task;
    let [count, bytes] = [0, 0];
    while (count < waiting.length && count < maxRecords && bytes < MAX_BATCH_BYTES) {
      bytes += (waiting[count] as SharedRead).bytes;
      count += 1;
    }
    return waiting.splice(0, count).sort((a, b) => a.message.offset - b.message.offset);
  }

  async #settle(partition: string, batch: readonly SharedRead[]): Promise<void> {
    const { window, signal } = this.#options;
    const task = await (this.#task as Promise<SinkTask>);
    const writer = new BatchWriter({ task, partition, window, signal });
    const { topic } = (batch[0] as SharedRead).shared;
    const settler = new BatchSettler({ ...this.#options, topic, partition, writer });
    const settled: SharedRead[] = [];
    try {
      const halt = await settler.settle(batch, (messages) => settled.push(...(messages as readonly SharedRead[])));
      if (halt !== undefined) throw halt.error;
    } finally {
      await this.#acknowledge(settled);
    }
  }

  async #acknowledge(messages: readonly SharedRead[]): Promise<void> {
    if (messages.length === 0) return;
    const { queues, progress, onLate } = this.#options;
    progress.settled(messages);
    const late = await queues.acknowledge(messages.map(({ shared }) => shared));
    if (late > 0) onLate();
    this.#pending -= messages.length;
    for (const { bytes } of messages) this.#bytes -= bytes;
    this.#changed();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
