import { ConnectError, recordBytes, type SourceRecord, toConnectError } from '../api/index.ts';
import type { ErrorsSpec } from '../config/connector-spec.ts';
import { type BatchProducer, type MessageList, type OutgoingMessage, RefusedError } from '../rocketmq/types.ts';
import type { AckTracker, Lot } from './ack-tracker.ts';
import { deadLetters } from './dead-letters.ts';
import { queueOf } from './queue-of.ts';
import { type QueueLot, type SendTarget, SendTargets } from './send-targets.ts';

export interface SenderOptions {
  readonly connector: string;
  /** Of the records that name none. */
  readonly topic: string;
  readonly errors: ErrorsSpec;
  readonly tracker: AckTracker;
  readonly recordToMessage: (connector: string, record: SourceRecord) => OutgoingMessage;
  /** Called once for each topic, with its first record. */
  readonly openProducer: (topic: string) => Promise<BatchProducer>;
  /** Called once, for the first dead letter. */
  readonly openDeadLetters: () => Promise<BatchProducer>;
  readonly sendUntil: number;
}

/** A lot that waits for its turn takes in what later polls bring for its queue, up to these: systems that push bring little at a time. */
const LOT_RECORDS = 16_384;
const LOT_BYTES = 4 * 1024 * 1024;

/**
 * Hands records to RocketMQ, one lot in flight per queue, and tells the tracker what was acknowledged. The first failure
 * ends it: nothing more is sent, what is in flight is still waited for.
 */
export class RecordSender {
  readonly #options: SenderOptions;
  readonly #targets: SendTargets;
  readonly #waiting: Array<() => void> = [];
  #deadLetters: Promise<BatchProducer> | undefined;
  failure: ConnectError | undefined;
  /** Sent and not yet settled. */
  inFlightBytes = 0;
  inFlightRecords = 0;
  /** Acknowledged. */
  records = 0;
  bytes = 0;
  deadLetters = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#targets = new SendTargets(options.topic, options.openProducer);
  }

  /**
   * Starts sending; waits for topics to open, not for what is sent. Returns the records' bytes. Rejects where a topic can't be
   * written: nothing of these records is sent then.
   */
  async dispatch(records: readonly SourceRecord[]): Promise<number> {
    const { tracker } = this.#options;
    await this.#targets.open(records);
    let bytes = 0;
    for (const record of records) {
      const target = this.#targets.of(record);
      const queue = queueOf(record, target.producer.queues);
      const lot = this.#lotFor(target, queue);
      const size = recordBytes(record);
      bytes += size;
      lot.records.push(record);
      lot.bytes += size;
      this.inFlightBytes += size;
      this.inFlightRecords += 1;
      tracker.add(record, lot.lot);
    }
    return bytes;
  }

  /**
   * Resolves when less than `bytes` and at most `records` are in flight, or after a failure; with false when it is `until` (ms since
   * 1970) before that. Records cost memory besides their bytes.
   */
  async below(bytes: number, records: number, until: number): Promise<boolean> {
    let late = false;
    let timer: NodeJS.Timeout | undefined;
    while ((this.inFlightBytes >= bytes || this.inFlightRecords > records) && this.failure === undefined && !late) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        timer ??= setTimeout(
          () => {
            late = true;
            this.#wake();
          },
          Math.max(0, until - Date.now()),
        );
      });
    }
    clearTimeout(timer);
    return !late;
  }

  /** Sends nothing more, and does not wait for what is on its way. */
  async abandon(reason: ConnectError): Promise<void> {
    this.failure ??= reason;
    this.#deadLetters?.then((producer) => producer.close()).catch(() => {});
    await this.#targets.close();
  }

  /** Resolves when nothing is in flight; never rejects, see `failure`. */
  async settled(): Promise<void> {
    await this.#targets.settled();
  }

  #lotFor(target: SendTarget, queue: number): QueueLot {
    const open = target.open.get(queue);
    if (open !== undefined && open.records.length < LOT_RECORDS && open.bytes < LOT_BYTES) return open;
    const lot: QueueLot = { lot: this.#options.tracker.lot(), records: [], bytes: 0 };
    target.open.set(queue, lot);
    target.tails[queue] = (target.tails[queue] ?? Promise.resolve()).then(() => this.#deliver(target, queue, lot));
    return lot;
  }

  async #deliver(target: SendTarget, queue: number, lot: QueueLot): Promise<void> {
    if (target.open.get(queue) === lot) target.open.delete(queue);
    try {
      if (this.failure === undefined) await this.#sendAll(target, queue, lot);
    } catch (error) {
      this.failure ??= toConnectError(error);
    } finally {
      this.inFlightBytes -= lot.bytes;
      this.inFlightRecords -= lot.records.length;
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Sends the lot, taking out record by record what RocketMQ refuses for good. */
  async #sendAll({ producer }: SendTarget, queue: number, { lot, records, bytes }: QueueLot): Promise<void> {
    const { connector, recordToMessage, sendUntil, tracker } = this.#options;
    const toMessage = (record: SourceRecord) => recordToMessage(connector, record);
    for (let from = 0; from < records.length; ) {
      const refusal = await refusalOf(producer.send(queue, messagesOf(records, from, toMessage), sendUntil));
      if (refusal === undefined) break;
      const at = from + refusal.index;
      try {
        await this.#refused(records[at] as SourceRecord, toMessage(records[at] as SourceRecord), refusal.message);
      } catch (error) {
        this.#keepBefore(at, lot, records);
        throw error;
      }
      from = at + 1;
    }
    tracker.acknowledge(lot);
    this.records += records.length;
    this.bytes += bytes;
  }

  /** RocketMQ has what came before the record at which the task stops, so it must not come again when the task is resumed. */
  #keepBefore(index: number, lot: Lot, records: readonly SourceRecord[]): void {
    const sent = records.slice(0, index);
    const reached = new Map(sent.map(({ partition, position }) => [partition, position]));
    for (const [partition, position] of reached) this.#options.tracker.acknowledgeBefore(partition, position, lot);
    this.records += sent.length;
    this.bytes += sent.reduce((sum, record) => sum + recordBytes(record), 0);
  }

  async #refused(record: SourceRecord, message: OutgoingMessage, reason: string): Promise<void> {
    const { errors, openDeadLetters } = this.#options;
    const name = `record ${record.partition} at ${record.id}`;
    if (errors.tolerance === 'fail') {
      throw new ConnectError('RECORD_REFUSED', `${name}: ${reason}`, {
        remedy: 'correct it at the source, or set errors.tolerance to dead-letter, then resume the connector',
      });
    }
    try {
      this.#deadLetters ??= openDeadLetters();
      const producer = await this.#deadLetters;
      if (this.failure !== undefined) throw this.failure;
      await this.#sendDeadLetter(producer, record, message, reason);
    } catch (error) {
      const cause = toConnectError(error);
      throw new ConnectError(cause.code, `dead letter for ${name}: ${cause.message}`, { retriable: cause.retriable, cause });
    }
    this.deadLetters += 1;
  }

  /** The first form of the dead letter that RocketMQ takes: its own limits may be lower than the known ones. */
  async #sendDeadLetter(producer: BatchProducer, record: SourceRecord, message: OutgoingMessage, reason: string): Promise<void> {
    const { sendUntil } = this.#options;
    const queue = queueOf(record, producer.queues);
    let refusal: unknown;
    for (const letter of deadLetters(message, record, this.#targets.topicOf(record), reason)) {
      if (producer.problem(letter) !== undefined) continue;
      try {
        return await producer.send(queue, [letter], sendUntil);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}

/** Messages of the records from index `from` on, made when they are asked for: kept, they would be most of what a run has in memory. */
const messagesOf = (records: readonly SourceRecord[], from: number, toMessage: (record: SourceRecord) => OutgoingMessage): MessageList => ({
  length: records.length - from,
  at: (index) => toMessage(records[from + index] as SourceRecord),
});

/** The refusal that a send ended with; undefined when all was acknowledged. Rejects with any other failure. */
async function refusalOf(sent: Promise<void>): Promise<RefusedError | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
}
