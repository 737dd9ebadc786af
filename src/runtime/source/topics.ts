import pMap from 'p-map';
import type { SourceRecord } from '../../api/index.ts';
import type { TopicProducer } from '../../rocketmq/types.ts';
import { type QueueOptions, QueueSender } from './queue-sender.ts';
import type { Rocketmq } from './run-rocketmq.ts';
import { mappingTo } from './topic-mapping.ts';

/** A topic that records of the run go to. */
interface OpenTopic {
  readonly producer: TopicProducer;
  readonly queues: readonly QueueSender[];
}

export interface TopicsOptions extends Omit<QueueOptions, 'topic' | 'queue' | 'producer' | 'mapping'> {
  readonly loadRocketmq: () => Promise<Rocketmq>;
}

/** Each opens connections of its own. */
const OPENED_AT_ONCE = 8;

/** The topics of one run. Each is opened with its first record. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #open = new Map<string, OpenTopic>();

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  /**
   * Opens the topics of the records that are not open yet. Resolves with what gives each record's queues; rejects where a topic can't be
   * written.
   */
  async open(records: readonly SourceRecord[]): Promise<(record: SourceRecord) => readonly QueueSender[]> {
    const rocketmq = await this.#options.loadRocketmq();
    const topicOf = (record: SourceRecord) => record.topic ?? rocketmq.topic;
    const missing = new Set<string>();
    for (const record of records) if (!this.#open.has(topicOf(record))) missing.add(topicOf(record));
    await pMap(missing, (topic) => this.#openTopic(topic, rocketmq), { concurrency: OPENED_AT_ONCE });
    return (record) => (this.#open.get(topicOf(record)) as OpenTopic).queues;
  }

  /** Aborts the sends that are in flight. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ producer }) => producer.close()));
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    await Promise.all([...this.#open.values()].flatMap(({ queues }) => queues.map((queue) => queue.settled())));
  }

  async #openTopic(topic: string, { openProducer, toMessage, delivery }: Rocketmq): Promise<void> {
    const producer = await openProducer(topic);
    const mapping = await mappingTo(producer, toMessage, delivery);
    const sender = (queue: number) => new QueueSender({ ...this.#options, topic, queue, producer, mapping });
    this.#open.set(topic, { producer, queues: Array.from({ length: producer.queues }, (_, queue) => sender(queue)) });
  }
}
