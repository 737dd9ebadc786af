import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer, FetchIsolationLevels, Producer } from '@platformatic/kafka';

/** A message to produce, with its partition. */
export interface KafkaMessage {
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** A name may occur more than once. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  /** ms since 1970. The default is now. */
  readonly timestamp?: number;
}

/** A message as Kafka holds it. */
export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  readonly timestamp: number;
}

/**
 * This client waits this long for a broker of a busy machine. By its own defaults it gives up after 5 s, and then asks twice for one topic.
 */
export const PATIENT = { connectTimeout: 60_000, timeout: 60_000, requestTimeout: 90_000 } as const;

const CONTROL_BATCH = 0x20;
const TRANSACTIONAL_BATCH = 0x10;
/** Of a control batch that ends a transaction, as its key says. */
const ABORTED = 0;
const FETCH_BYTES = 1024 * 1024;
/** Old timestamps neither expire nor start a new file each week. */
const KEEP_ALL = [
  { name: 'retention.ms', value: '-1' },
  { name: 'segment.ms', value: String(100 * 365 * 24 * 3_600_000) },
];

/** Makes, fills and reads topics of a Kafka without authentication, for tests and the main job. */
export class KafkaTopics {
  readonly #admin: Admin;
  readonly #producer: Producer;
  readonly #newConsumer: () => Consumer;
  readonly #consumer: Consumer;

  /** `bootstrap` is `host:port`, or several separated by commas. It connects when it is first used. */
  constructor(bootstrap: string) {
    const options = { clientId: 'stack', bootstrapBrokers: bootstrap.split(','), ...PATIENT };
    this.#admin = new Admin(options);
    this.#producer = new Producer({ ...options, idempotent: true });
    // It reads by partition and offset, and never joins the group.
    this.#newConsumer = () => new Consumer({ ...options, groupId: 'stack-unused', autocommit: false });
    this.#consumer = this.#newConsumer();
  }

  /**
   * Makes a topic. Resolves when clients can write and read it. Rejects if it exists. `configs` adds to the default that nothing expires.
   */
  async create(
    topic: string,
    partitions: number,
    configs: ReadonlyArray<{ readonly name: string; readonly value: string }> = [],
  ): Promise<void> {
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: [...KEEP_ALL, ...configs] });
    await this.#shows(topic, async () => (await this.#led(topic)) === partitions);
  }

  /** `count` is the number of partitions in total. */
  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] });
    await this.#shows(topic, async () => (await this.#led(topic)) === count);
  }

  /** Resolves when no client can find the topic any more. */
  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
    await this.#shows(topic, async () => !(await this.#admin.listTopics()).includes(topic));
  }

  /** Returns the offset of the next message for each partition, or undefined if there is no such topic. */
  async endOffsets(topic: string): Promise<number[] | undefined> {
    if (!(await this.#admin.listTopics()).includes(topic)) return undefined;
    const offsets = await this.#consumer.listOffsets({ topics: [topic] });
    return offsets.get(topic)?.map(Number);
  }

  /**
   * As `endOffsets`, once no transaction is open in any partition, so that all that is committed comes before. Kafka answers the end of a
   * transaction before the partitions show it.
   */
  async endedOffsets(topic: string): Promise<number[]> {
    const ends = async (isolationLevel: number) => [
      ...((await this.#consumer.listOffsets({ topics: [topic], isolationLevel: isolationLevel as never })).get(topic) ?? []),
    ];
    for (const deadline = Date.now() + PATIENT.timeout; ; await sleep(20)) {
      const stable = await ends(FetchIsolationLevels.READ_COMMITTED);
      const all = await ends(FetchIsolationLevels.READ_UNCOMMITTED);
      if (stable.every((end, partition) => end === all[partition])) return stable.map(Number);
      if (Date.now() > deadline) throw new Error(`a transaction is open in topic ${topic}`);
    }
  }

  /** Appends in this order to each partition, and resolves when the broker has acknowledged all. */
  async produce(topic: string, messages: readonly KafkaMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.#producer.send({ messages: messages.map((message) => toProduce(topic, message)), acks: -1 });
  }

  /** Yields what `partition` holds from offset `from` up to and without `to`, in order, in chunks, but for records of aborted transactions. */
  async *read(topic: string, partition: number, from: number, to: number): AsyncGenerator<KafkaRecord[]> {
    // A consumer keeps one fetch session with each broker, which parallel reads of several partitions would break.
    const consumer = this.#newConsumer();
    try {
      const metadata = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
      const node = metadata?.partitions[partition]?.leader;
      if (metadata === undefined || node === undefined) throw new Error(`Kafka has no partition ${partition} of topic ${topic}`);
      for (let next = from; next < to; ) {
        const { records, end } = await fetchRecords(consumer, node, metadata.id, partition, next);
        const wanted = records.filter(({ offset }) => offset >= next && offset < to);
        next = end;
        if (wanted.length > 0) yield wanted;
      }
    } finally {
      await consumer.close();
    }
  }

  /** Returns how many of its partitions have a leader. Rejects if the broker does not know the topic. */
  async #led(topic: string): Promise<number> {
    const { topics } = await this.#admin.metadata({ topics: [topic], forceUpdate: true, retries: 0 });
    return (topics.get(topic)?.partitions ?? []).filter(({ leader }) => leader >= 0).length;
  }

  /** Waits for the brokers, because the controller answers before they know what it has done. */
  async #shows(topic: string, isDone: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + PATIENT.timeout; ; await sleep(10)) {
      let problem: unknown;
      const done = await isDone().catch((error: unknown) => {
        problem = error;
        return false;
      });
      if (done) return;
      if (Date.now() > deadline) throw new Error(`Kafka does not show the new state of topic ${topic}`, { cause: problem });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#producer.close(), this.#consumer.close()]);
  }
}

/** Reads the records of the next batches, and the offset after them. A batch may start before `offset`. */
async function fetchRecords(consumer: Consumer, node: number, topicId: string, partition: number, offset: number) {
  const from = {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(offset),
    lastFetchedEpoch: -1,
    partitionMaxBytes: FETCH_BYTES,
  };
  const fetch = async (isolationLevel: number) => {
    const { responses } = await consumer.fetch({
      node,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      maxWaitTime: 500,
      isolationLevel: isolationLevel as never,
      topics: [{ topicId, partitions: [from] }],
    });
    return responses.flatMap(({ partitions }) => partitions);
  };
  const committed = await fetch(FetchIsolationLevels.READ_COMMITTED);
  const aborted = committed.flatMap(({ abortedTransactions }) => abortedTransactions ?? []);
  // Between two aborted transactions of one producer, the client takes committed records out, too.
  const partitions = aborted.length === 0 ? committed : await fetch(FetchIsolationLevels.READ_UNCOMMITTED);
  const batches = partitions.flatMap(({ records }) => records ?? []);
  const last = batches.at(-1);
  const isAborted = abortedBatches(aborted);
  const records = batches
    .filter((batch) => !isAborted(batch) && (batch.attributes & CONTROL_BATCH) === 0)
    .flatMap((batch) =>
      batch.records.map(
        (record): KafkaRecord => ({
          partition,
          offset: Number(batch.firstOffset) + record.offsetDelta,
          key: record.key,
          value: record.value,
          headers: record.headers.map(([name, value]) => [String(name), value] as const),
          timestamp: Number(batch.firstTimestamp + record.timestampDelta),
        }),
      ),
    );
  return { records, end: last === undefined ? offset : Number(last.firstOffset) + last.lastOffsetDelta + 1 };
}

interface Batch {
  readonly attributes: number;
  readonly firstOffset: bigint;
  readonly producerId: bigint;
  readonly records: ReadonlyArray<{ readonly key: Buffer | null }>;
}

/** Tells whether a batch is of an aborted transaction. To be asked of each in their order. */
function abortedBatches(aborted: ReadonlyArray<{ readonly producerId: bigint; readonly firstOffset: bigint }>): (batch: Batch) => boolean {
  const ended = new Set<unknown>();
  return ({ attributes, firstOffset, producerId, records }) => {
    if ((attributes & TRANSACTIONAL_BATCH) === 0) return false;
    const found = aborted.find((each) => each.producerId === producerId && each.firstOffset <= firstOffset && !ended.has(each));
    const isControl = (attributes & CONTROL_BATCH) !== 0;
    if (found !== undefined && isControl && records[0]?.key?.readInt16BE(2) === ABORTED) ended.add(found);
    return found !== undefined;
  };
}

/** The client's types have no null key, value or header, but its encoder does. */
function toProduce(topic: string, { partition, key, value, headers = [], timestamp }: KafkaMessage) {
  return {
    topic,
    partition,
    ...(key !== null && { key }),
    ...(value !== null && { value }),
    headers: new Map(headers.map(([name, content]) => [Buffer.from(name), content as Buffer])),
    ...(timestamp !== undefined && { timestamp: BigInt(timestamp) }),
  };
}
