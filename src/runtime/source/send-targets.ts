import pMap from 'p-map';
import type { SourceRecord } from '../../api/index.ts';
import type { BatchProducer } from '../../rocketmq/types.ts';
import type { Lot } from '../run/ack-tracker.ts';

/** Records for one queue that travel together, in the order of reading. */
export interface QueueLot {
  readonly lot: Lot;
  readonly records: SourceRecord[];
  bytes: number;
  /** One of them is not for the topic, see `SourceRecord.refused`. */
  refused: boolean;
}

/** A topic that records of this run go to. */
export interface SendTarget {
  readonly producer: BatchProducer;
  /** By queue: ends when all that was dispatched for it has settled. */
  readonly tails: Promise<void>[];
  /** By queue: the lot that waits last and has room. */
  readonly open: Map<number, QueueLot>;
  /** By queue: partitions with a record that was refused there. Later records of such a partition must not overtake it. */
  readonly stopped: Map<number, Set<string>>;
}

/** Each opens connections of its own. */
const OPENED_AT_ONCE = 8;

/** The topics of one run, each opened with its first record. */
export class SendTargets {
  readonly #topic: string;
  readonly #openProducer: (topic: string) => Promise<BatchProducer>;
  readonly #targets = new Map<string, SendTarget>();

  /** `topic`: of the records that name none. */
  constructor(topic: string, openProducer: (topic: string) => Promise<BatchProducer>) {
    this.#topic = topic;
    this.#openProducer = openProducer;
  }

  topicOf(record: SourceRecord): string {
    return record.topic ?? this.#topic;
  }

  /** The target of a record whose topic is open. */
  of(record: SourceRecord): SendTarget {
    return this.#targets.get(this.topicOf(record)) as SendTarget;
  }

  /** Opens the records' topics where they are not. Rejects where one can't be written. */
  async open(records: readonly SourceRecord[]): Promise<void> {
    const missing = new Set<string>();
    for (const record of records) if (!this.#targets.has(this.topicOf(record))) missing.add(this.topicOf(record));
    const open = async (topic: string) => {
      const producer = await this.#openProducer(topic);
      this.#targets.set(topic, { producer, tails: [], open: new Map(), stopped: new Map() });
    };
    await pMap(missing, open, { concurrency: OPENED_AT_ONCE });
  }

  /** Aborts the sends that are in flight. */
  async close(): Promise<void> {
    await Promise.all([...this.#targets.values()].map(({ producer }) => producer.close()));
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    await Promise.all([...this.#targets.values()].flatMap(({ tails }) => tails));
  }
}
