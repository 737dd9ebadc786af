import { type ConnectError, recordBytes, type SourceRecord } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { Copied } from '../run/run.ts';
import { DeadLetterSender } from './dead-letter-sender.ts';
import { queueOf } from './queue-of.ts';
import type { QueueSender } from './queue-sender.ts';
import { RefusedRecords } from './refused-records.ts';
import type { Rocketmq } from './run-rocketmq.ts';
import { SendProgress } from './send-progress.ts';
import { Topics } from './topics.ts';

export interface SenderOptions {
  /** The sender calls it with the first record. */
  readonly loadRocketmq: () => Promise<Rocketmq>;
  readonly errors: ErrorsSpec;
  readonly tracker: AckTracker;
  readonly stops: PartitionStops;
  /** ms since 1970. */
  readonly sendUntil: number;
}

/**
 * Spreads the records of a run over the queues of their topics. A record that is refused for good stops its partition, or becomes a dead
 * letter; the others go on. The first failure of another kind ends the sending: nothing more is sent, and what is in flight is still
 * waited for.
 */
export class RecordSender {
  readonly progress = new SendProgress();
  readonly #topics: Topics;
  readonly #refused: RefusedRecords;
  readonly #deadLetters: DeadLetterSender;

  constructor(options: SenderOptions) {
    const { progress } = this;
    this.#deadLetters = new DeadLetterSender({ ...options, failure: () => this.failure });
    this.#refused = new RefusedRecords({ ...options, deadLetters: this.#deadLetters });
    this.#topics = new Topics({ ...options, progress, refused: this.#refused });
  }

  /** What RocketMQ has acknowledged. Dead letters are records, too. */
  get copied(): Copied {
    const { records, bytes } = this.progress;
    return { records, bytes, deadLetters: this.#deadLetters.sent };
  }

  /** Why nothing more is sent. */
  get failure(): ConnectError | undefined {
    return this.progress.failure;
  }

  /**
   * Hands the records to their queues. It waits for topics to open, and not for what is sent. Returns the bytes of what is sent: records of
   * a stopped partition are not. Rejects where a topic can't be written: nothing of these records is sent then.
   */
  async dispatch(records: readonly SourceRecord[]): Promise<number> {
    const queuesOf = await this.#topics.open(records);
    let bytes = 0;
    for (const record of records) {
      if (!this.#refused.admits(record)) continue;
      const size = recordBytes(record);
      const queues = queuesOf(record);
      (queues[queueOf(record, queues.length)] as QueueSender).add(record, size);
      bytes += size;
    }
    return bytes;
  }

  /**
   * Resolves when less than `bytes` and at most `records` are in flight, or after a failure; with false when it is `until` (ms since
   * 1970) before that. Records cost memory besides their bytes.
   */
  below(bytes: number, records: number, until: number): Promise<boolean> {
    const { progress } = this;
    return progress.inFlight.below(bytes, records, until, () => this.failure !== undefined);
  }

  /** Sends nothing more, and does not wait for what is on its way. */
  async abandon(reason: ConnectError): Promise<void> {
    this.progress.fail(reason);
    this.#deadLetters.close();
    await this.#topics.close();
  }

  /** Resolves when nothing is in flight. Never rejects: `progress` has the failure. */
  settled(): Promise<void> {
    return this.#topics.settled();
  }
}
