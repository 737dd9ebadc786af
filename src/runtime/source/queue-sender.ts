import { ConnectError, type SourceRecord } from '../../api/index.ts';
import { type MessageList, RefusedError, type TopicProducer } from '../../rocketmq/types.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { RefusedRecords } from './refused-records.ts';
import type { SendProgress } from './send-progress.ts';
import { SendUnit } from './send-unit.ts';
import type { TopicMapping } from './topic-mapping.ts';

export interface QueueOptions {
  readonly topic: string;
  readonly queue: number;
  readonly producer: TopicProducer;
  readonly mapping: TopicMapping;
  readonly tracker: AckTracker;
  readonly stops: PartitionStops;
  readonly refused: RefusedRecords;
  readonly progress: SendProgress;
  /** ms since 1970. */
  readonly sendUntil: number;
}

/**
 * Sends to one queue of a topic, one unit after the other. Records that come while a unit is on its way travel together in the next one.
 * A unit that RocketMQ has is acknowledged to the tracker as a whole.
 */
export class QueueSender {
  readonly #options: QueueOptions;
  /** The unit that waits last. */
  #waiting: SendUnit | undefined;
  #settled: Promise<void> = Promise.resolve();
  /** Partitions that stopped at a record in this queue. Their later records must not overtake it. */
  readonly #stopped = new Set<string>();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Takes the next record. `bytes` is its size. */
  add(record: SourceRecord, bytes: number): void {
    const { tracker, progress } = this.#options;
    const unit = this.#waiting === undefined || this.#waiting.isFull ? this.#newUnit() : this.#waiting;
    unit.add(record, bytes);
    progress.inFlight.add(1, bytes);
    tracker.add(record, unit);
  }

  /** Resolves when all units so far are sent or given up; never rejects. */
  settled(): Promise<void> {
    return this.#settled;
  }

  #newUnit(): SendUnit {
    const unit = new SendUnit();
    this.#waiting = unit;
    this.#settled = this.#settled.then(() => this.#deliver(unit));
    return unit;
  }

  async #deliver(unit: SendUnit): Promise<void> {
    const { progress } = this.#options;
    if (this.#waiting === unit) this.#waiting = undefined;
    try {
      if (progress.failure === undefined) await this.#send(unit);
    } catch (error) {
      progress.fail(error);
    } finally {
      progress.inFlight.remove(unit.records.length, unit.bytes);
    }
  }

  /** Sends the unit, and takes out record by record what is refused for good. */
  async #send(unit: SendUnit): Promise<void> {
    const { topic, tracker, refused, progress, mapping } = this.#options;
    const faultOf = (record: SourceRecord) => record.refused ?? mapping.faultOf?.(record);
    const mayHaveFaults = unit.hasRefused || mapping.faultOf !== undefined;
    let rest = this.#withoutStopped(unit.records);
    while (rest.length > 0) {
      const refusedAt = mayHaveFaults ? rest.findIndex((record) => faultOf(record) !== undefined) : -1;
      const end = refusedAt === -1 ? rest.length : refusedAt;
      const refusal = end === 0 ? undefined : await this.#sendFirst(rest, end);
      const at = refusal?.index ?? end;
      progress.acknowledge(rest, at);
      if (at === rest.length) break;
      const record = rest[at] as SourceRecord;
      const error = refusal ?? (faultOf(record) as ConnectError);
      const group = mapping.groupOf?.(record);
      const fate = await refused.settle({ record, topic, error, ...(group !== undefined && { group }) });
      if (fate instanceof ConnectError) this.#stop(unit, record, fate);
      else if (fate === 'dead letter') progress.acknowledge([record], 1);
      rest = this.#withoutStopped(this.#behind(rest, at, refusal));
    }
    tracker.acknowledge(unit);
  }

  /** Returns the records behind the refused one at index `at` that are still to be sent. Those that RocketMQ has already count as sent. */
  #behind(records: readonly SourceRecord[], at: number, refusal: RefusedError | undefined): readonly SourceRecord[] {
    const stored = refusal?.stored;
    if (stored === undefined || stored.size === 0) return records.slice(at + 1);
    const sent = records.filter((_, index) => stored.has(index));
    this.#options.progress.acknowledge(sent, sent.length);
    return records.filter((_, index) => index > at && !stored.has(index));
  }

  /** Returns the refusal that the send ended with; undefined when all was acknowledged. Rejects with any other failure. */
  async #sendFirst(records: readonly SourceRecord[], count: number): Promise<RefusedError | undefined> {
    const { producer, queue, mapping, sendUntil } = this.#options;
    const { toMessage } = mapping;
    // Each message is made when it is asked for. Kept, they would be most of what a run has in memory.
    const messages: MessageList = { length: count, at: (index) => toMessage(records[index] as SourceRecord) };
    try {
      await producer.send(queue, messages, sendUntil);
      return undefined;
    } catch (error) {
      if (error instanceof RefusedError) return error;
      throw error;
    }
  }

  /** RocketMQ has what came before the record, so that must not come again. What comes behind the record may not overtake it. */
  #stop(unit: SendUnit, refused: SourceRecord, reason: ConnectError): void {
    const { tracker, stops } = this.#options;
    const { partition } = refused;
    this.#stopped.add(partition);
    const before = unit.records.slice(0, unit.records.indexOf(refused)).filter((record) => record.partition === partition);
    if (tracker.blockWithin(partition, unit, before)) stops.stop(partition, reason, refused);
  }

  #withoutStopped(records: readonly SourceRecord[]): readonly SourceRecord[] {
    return this.#stopped.size === 0 ? records : records.filter(({ partition }) => !this.#stopped.has(partition));
  }
}
