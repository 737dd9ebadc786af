import { type Connection, initProducerIdV1, initProducerIdV4 } from '@platformatic/kafka';
import { type Apis, offeredVersion } from '../api-versions.ts';
import type { KafkaClient } from '../client.ts';
import type { BatchPlace } from './encode-batch.ts';

const INIT_PRODUCER_ID = 22;
/** Counts only for transactions, and brokers want one. */
const TRANSACTION_MS = 60_000;
const LAST_EPOCH = 32_767;
const LAST_SEQUENCE = 2 ** 31 - 1;
/** Brokers forget a producer after a day without a batch. */
const KEPT_MS = 6 * 3_600_000;

interface Sequence {
  epoch: number;
  next: number;
}

/**
 * Writes batches that a broker stores once however often they come: it knows a batch by the producer's id and a number that counts the
 * records of the partition. One caller at a time for each partition.
 */
export class Producer {
  readonly #id: bigint;
  readonly #firstEpoch: number;
  readonly #sequences = new Map<string, Sequence>();
  /** Absent: its batches are in no transaction. */
  readonly transactionalId: string | undefined;
  /** When it was last put away, ms since 1970. */
  restsSince = 0;

  constructor(id: bigint, epoch: number, transactionalId?: string) {
    this.#id = id;
    this.#firstEpoch = epoch;
    this.transactionalId = transactionalId;
  }

  /** Where the next batch of a partition goes. */
  place(partition: string): BatchPlace {
    const { epoch, next } = this.#sequence(partition);
    return { producerId: this.#id, epoch, sequence: next, transactional: this.transactionalId !== undefined };
  }

  /** A batch of so many records is stored. */
  stored(partition: string, records: number): void {
    const sequence = this.#sequence(partition);
    // After the largest number comes 0.
    sequence.next = (sequence.next + records) % (LAST_SEQUENCE + 1);
  }

  /**
   * Begins anew in a partition, where it is not known what of the last batch is stored: with a larger epoch, so that the broker turns away
   * what may still come of the smaller one. Not within a transaction, whose epochs the brokers give.
   */
  restart(partition: string): void {
    const { epoch } = this.#sequence(partition);
    this.#sequences.set(partition, { epoch: epoch + 1, next: 0 });
  }

  /** False once it has no larger epoch left. */
  get isUsable(): boolean {
    return [...this.#sequences.values()].every(({ epoch }) => epoch < LAST_EPOCH);
  }

  #sequence(partition: string): Sequence {
    const known = this.#sequences.get(partition) ?? { epoch: this.#firstEpoch, next: 0 };
    this.#sequences.set(partition, known);
    return known;
  }
}

/** Producers that nobody uses now. A broker keeps each id for a day, so that a run takes those of the run before. */
export class Producers {
  readonly #resting: Producer[] = [];

  async take(client: KafkaClient): Promise<Producer> {
    for (let kept = this.#resting.pop(); kept !== undefined; kept = this.#resting.pop()) {
      if (kept.isUsable && Date.now() - kept.restsSince < KEPT_MS) return kept;
    }
    const { id, epoch } = await client.useAny(initProducerId);
    return new Producer(id, epoch);
  }

  /** Gives it back, when none of its batches is on its way. */
  putAway(producer: Producer): void {
    producer.restsSince = Date.now();
    this.#resting.push(producer);
  }
}

interface ProducerId {
  readonly id: bigint;
  readonly epoch: number;
}

/** Asks for a producer id of its own, by which brokers tell a repeated batch from a new one. */
export async function initProducerId(connection: Connection, apis: Apis): Promise<ProducerId> {
  const version = offeredVersion(apis, 'initProducerId', INIT_PRODUCER_ID, [4, 1]);
  const { producerId, producerEpoch } =
    version === 4
      ? await initProducerIdV4.api.async(connection, null, TRANSACTION_MS)
      : await initProducerIdV1.api.async(connection, null, TRANSACTION_MS);
  return { id: producerId, epoch: producerEpoch };
}
