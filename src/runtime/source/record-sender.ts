import { ConnectError, recordBytes, type SourceRecord, toConnectError } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import { type BatchProducer, type MessageList, type OutgoingMessage, RefusedError } from '../../rocketmq/types.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import { InFlight } from '../run/in-flight.ts';
import { type PartitionStops, placeOf } from '../run/partition-stops.ts';
import { DeadLetterSender } from './dead-letter-sender.ts';
import { queueOf } from './queue-of.ts';
import { type QueueLot, type SendTarget, SendTargets } from './send-targets.ts';

export interface SenderOptions {
  readonly connector: string;
  /** Of the records that name none. */
  readonly topic: string;
  readonly errors: ErrorsSpec;
  readonly tracker: AckTracker;
  /** Told of partitions that stop at a refused record; knows what a user lets the run pass over. */
  readonly stops: PartitionStops;
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
 * Hands records to RocketMQ, one lot in flight per queue, and tells the tracker what was acknowledged. A record that is refused for
 * good stops its partition, or becomes a dead letter; the others go on. The first failure of another kind ends it: nothing more is
 * sent, what is in flight is still waited for.
 */
export class RecordSender {
  readonly #options: SenderOptions;
  readonly #targets: SendTargets;
  readonly #deadLetters: DeadLetterSender;
  failure: ConnectError | undefined;
  /** Sent and not yet settled. */
  readonly inFlight = new InFlight();
  /** Acknowledged. */
  records = 0;
  bytes = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#targets = new SendTargets(options.topic, options.openProducer);
    this.#deadLetters = new DeadLetterSender({ ...options, failure: () => this.failure });
  }

  /** Sent to the dead-letter topic. */
  get deadLetters(): number {
    return this.#deadLetters.sent;
  }

  /**
   * Starts sending; waits for topics to open, not for what is sent. Returns the bytes of what is sent: records of a stopped
   * partition are not. Rejects where a topic can't be written: nothing of these records is sent then.
   */
  async dispatch(records: readonly SourceRecord[]): Promise<number> {
    const { tracker } = this.#options;
    await this.#targets.open(records);
    let bytes = 0;
    for (const record of records) {
      if (!this.#admits(record)) continue;
      const target = this.#targets.of(record);
      const queue = queueOf(record, target.producer.queues);
      const lot = this.#lotFor(target, queue);
      const size = recordBytes(record);
      bytes += size;
      lot.records.push(record);
      lot.bytes += size;
      lot.refused ||= record.refused !== undefined;
      this.inFlight.add(1, size);
      tracker.add(record, lot.lot);
    }
    return bytes;
  }

  /**
   * Resolves when less than `bytes` and at most `records` are in flight, or after a failure; with false when it is `until` (ms since
   * 1970) before that. Records cost memory besides their bytes.
   */
  below(bytes: number, records: number, until: number): Promise<boolean> {
    return this.inFlight.below(bytes, records, until, () => this.failure !== undefined);
  }

  /** Sends nothing more, and does not wait for what is on its way. */
  async abandon(reason: ConnectError): Promise<void> {
    this.failure ??= reason;
    this.#deadLetters.close();
    await this.#targets.close();
  }

  /** Resolves when nothing is in flight; never rejects, see `failure`. */
  async settled(): Promise<void> {
    await this.#targets.settled();
  }

  #lotFor(target: SendTarget, queue: number): QueueLot {
    const open = target.open.get(queue);
    if (open !== undefined && open.records.length < LOT_RECORDS && open.bytes < LOT_BYTES) return open;
    const lot: QueueLot = { lot: this.#options.tracker.lot(), records: [], bytes: 0, refused: false };
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
      this.inFlight.remove(lot.records.length, lot.bytes);
    }
  }

  /** Whether the record is to be sent, to its topic or as a dead letter. Where it is not, its partition stops or passes over it. */
  #admits(record: SourceRecord): boolean {
    const { stops, tracker, errors } = this.#options;
    const { partition, position, refused } = record;
    if (stops.has(partition)) return false;
    if (refused === undefined) return true;
    if (stops.passesOver(record, refused.message)) {
      tracker.skipTo(partition, position);
      return false;
    }
    if (errors.tolerance === 'dead-letter' && refused.code === 'RECORD_REFUSED') return true;
    tracker.block(partition);
    stops.stop(partition, refused, record);
    return false;
  }

  /** Sends the lot, taking out record by record what is refused for good. */
  async #sendAll(target: SendTarget, queue: number, lot: QueueLot): Promise<void> {
    const { connector, recordToMessage, sendUntil, tracker } = this.#options;
    const toMessage = (record: SourceRecord) => recordToMessage(connector, record);
    let rest = withoutStopped(lot.records, target.stopped.get(queue));
    while (rest.length > 0) {
      const refusedAt = lot.refused ? rest.findIndex((record) => record.refused !== undefined) : -1;
      const end = refusedAt === -1 ? rest.length : refusedAt;
      const refusal = end === 0 ? undefined : await refusalOf(target.producer.send(queue, messagesOf(rest, end, toMessage), sendUntil));
      const at = refusal?.index ?? end;
      this.#count(rest, at);
      if (at === rest.length) break;
      const record = rest[at] as SourceRecord;
      const fate = await this.#refused(record, refusal?.message ?? (record.refused as ConnectError).message);
      if (fate instanceof ConnectError) this.#stop(target, queue, lot, record, fate);
      else if (fate === 'dead letter') this.#count([record], 1);
      rest = withoutStopped(rest.slice(at + 1), target.stopped.get(queue));
    }
    tracker.acknowledge(lot.lot);
  }

  #count(records: readonly SourceRecord[], until: number): void {
    this.records += until;
    for (let index = 0; index < until; index += 1) this.bytes += recordBytes(records[index] as SourceRecord);
  }

  /** RocketMQ has what came before the record, so that must not come again; what comes behind it may not overtake it. */
  #stop(target: SendTarget, queue: number, { lot, records }: QueueLot, refused: SourceRecord, reason: ConnectError): void {
    const { tracker, stops } = this.#options;
    const { partition } = refused;
    const stopped = target.stopped.get(queue) ?? new Set();
    target.stopped.set(queue, stopped.add(partition));
    const before = records.slice(0, records.indexOf(refused)).filter((record) => record.partition === partition);
    if (tracker.blockWithin(partition, lot, before)) stops.stop(partition, reason, refused);
  }

  /** What becomes of the record; an error where its partition stops before it. */
  async #refused(record: SourceRecord, reason: string): Promise<'passed over' | 'dead letter' | ConnectError> {
    const { errors, stops } = this.#options;
    if (stops.passesOver(record, reason)) return 'passed over';
    if (errors.tolerance === 'fail') {
      return new ConnectError('RECORD_REFUSED', `record ${placeOf(record)}: ${reason}`, {
        remedy: 'correct it at the source, or set errors.tolerance to dead-letter',
      });
    }
    return (await this.#deadLetters.send({ record, topic: this.#targets.topicOf(record), reason })) ?? 'dead letter';
  }
}

const withoutStopped = (records: readonly SourceRecord[], stopped: ReadonlySet<string> | undefined): readonly SourceRecord[] =>
  stopped === undefined ? records : records.filter(({ partition }) => !stopped.has(partition));

/** Messages of the first records, made when they are asked for: kept, they would be most of what a run has in memory. */
const messagesOf = (
  records: readonly SourceRecord[],
  length: number,
  toMessage: (record: SourceRecord) => OutgoingMessage,
): MessageList => ({
  length,
  at: (index) => toMessage(records[index] as SourceRecord),
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
