import type { FailedRecord, Position, SinkBatch } from '../../../api/index.ts';
import { type Bounds, topicOfQueue } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import type { TopicPartition } from '../protocol/partition-name.ts';
import type { Producer } from '../protocol/produce/producers.ts';
import { Transactions } from '../protocol/produce/transactions.ts';
import type { KafkaSinkConfig } from './config.ts';
import { idPrefix, targetTopic } from './mapping.ts';

/** Writes the batches of each queue in transactions, together with the position behind them. */
export class TransactionalQueues {
  readonly #client: KafkaClient;
  readonly #config: KafkaSinkConfig;
  readonly #prefix: string;
  readonly #queues = new Map<string, Transactions>();

  constructor(client: KafkaClient, config: KafkaSinkConfig, connector: string) {
    this.#client = client;
    this.#config = config;
    this.#prefix = idPrefix(config, connector);
  }

  /** Takes queues over from whoever had them, and resolves with where they are; those are absent of which nothing is known. */
  async take(partitions: readonly string[], bounds: Bounds): Promise<ReadonlyMap<string, Position>> {
    const positions = new Map<string, Position>();
    const take = async (partition: string) => {
      const topic = targetTopic(this.#config.topic, topicOfQueue(partition));
      const position = await this.#queue(partition).position(topic, bounds);
      if (position !== undefined) positions.set(partition, position);
    };
    await Promise.all(partitions.map(take));
    return positions;
  }

  /**
   * Writes a batch by `write`, unless it was committed before. Throws RECORD_REFUSED where `write` resolves with records that are refused: the
   * position would pass them. The position stands beside `topic`.
   */
  async write(
    batch: SinkBatch,
    topic: string,
    parts: readonly TopicPartition[],
    write: (producer: Producer) => Promise<readonly FailedRecord[]>,
  ): Promise<void> {
    const { partition, position, records } = batch;
    const queue = this.#queue(partition);
    if ((await queue.position(topic, batch)) === position) return;
    const offset = (records.at(-1)?.offset ?? -1) + 1;
    const all = async (producer: Producer) => {
      const [refused] = await write(producer);
      if (refused !== undefined) throw refused.error;
    };
    await queue.run(parts, { topic, offset, position }, batch, all, async () => batch.settled?.());
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.abort()));
  }

  #queue(partition: string): Transactions {
    const known = this.#queues.get(partition) ?? new Transactions(this.#client, this.#prefix + partition, this.#config.requestTimeoutMs);
    this.#queues.set(partition, known);
    return known;
  }
}
