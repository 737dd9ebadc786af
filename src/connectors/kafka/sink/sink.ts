import {
  ConnectError,
  type FailedRecord,
  type Position,
  type SinkBatch,
  type SinkTask,
  type SinkTaskContext,
  toConnectError,
} from '../../../api/index.ts';
import { type Bounds, untilAborted } from '../../../kit/index.ts';
import { KafkaClient } from '../protocol/client.ts';
import { connectionKey } from '../protocol/connection-options.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { Sends } from '../protocol/produce/leader-sends.ts';
import { type Producer, Producers } from '../protocol/produce/producers.ts';
import { Recovery } from '../protocol/recovery.ts';
import type { KafkaSinkConfig } from './config.ts';
import { outgoing, targetTopic } from './mapping.ts';
import { type Item, PartitionWriter, type Shared } from './partition-writer.ts';
import { type Partitioner, partitionerOf } from './partitioner.ts';
import { TransactionalQueues } from './transactional-queues.ts';

/** The rest of a request's time is for its way. */
const SHARE_OF_BROKER = 0.75;

interface Run {
  readonly shared: Shared;
  readonly producers: Producers;
  /** Only where each record is to be written exactly once. */
  readonly queues: TransactionalQueues | undefined;
}

/** Records of one partition, in their order. */
interface Part {
  readonly topic: string;
  readonly partition: number;
  readonly items: Item[];
}

/** Records by topic and partition, and those that have none. */
interface Routed {
  readonly parts: readonly Part[];
  readonly failed: FailedRecord[];
}

/** Kept as long as their client: a producer id counts in one cluster. */
const restingProducers = new WeakMap<KafkaClient, Producers>();

/** Writes records to Kafka, each lane by a producer of its own or in transactions, and waits until all replicas in sync have them. */
export class KafkaSinkTask implements SinkTask {
  readonly #context: SinkTaskContext<KafkaSinkConfig>;
  readonly #partitioner: Partitioner;
  readonly #lanes = new Map<string, Promise<Producer>>();
  #run: Run | undefined;

  constructor(context: SinkTaskContext<KafkaSinkConfig>) {
    this.#context = context;
    this.#partitioner = partitionerOf(context.config.partition);
  }

  async start(): Promise<{ readonly positions?: ReadonlyMap<string, Position> }> {
    const { config, clients, connector, taskConfig, signal } = this.#context;
    const open = async () => new KafkaClient(config, 'sink');
    const client = await clients.get(connectionKey(config, 'sink'), open, (opened) => opened.close());
    await new Recovery(signal, config.requestTimeoutMs).retry(() => untilAborted(client.authorize(), signal));
    const sends = new Sends(client, Math.ceil(config.requestTimeoutMs * SHARE_OF_BROKER));
    const producers = restingProducers.get(client) ?? new Producers();
    restingProducers.set(client, producers);
    const { compression, requestTimeoutMs: patienceMs, delivery } = config;
    const shared: Shared = { client, sends, compression, patienceMs, limits: new Map() };
    const queues = delivery === 'exactly-once' ? new TransactionalQueues(client, config, connector) : undefined;
    this.#run = { shared, producers, queues };
    if (queues === undefined) return {};
    return { positions: await queues.take(taskConfig.partitions, { deadline: Number.POSITIVE_INFINITY, signal }) };
  }

  async write(batch: SinkBatch): Promise<{ readonly failed?: readonly FailedRecord[] }> {
    const { queues } = this.#running();
    if (queues === undefined) return this.#writeByLane(batch);
    await this.#writeInTransaction(batch, queues);
    return {};
  }

  /** Connections stay in the cache, for the next run. */
  async stop(): Promise<void> {
    for (const producer of this.#lanes.values()) {
      const taken = await producer.catch(() => undefined);
      if (taken !== undefined) this.#run?.producers.putAway(taken);
    }
    this.#lanes.clear();
    await this.#run?.queues?.stop();
  }

  async #writeByLane(batch: SinkBatch): Promise<{ readonly failed?: readonly FailedRecord[] }> {
    const producer = await this.#producer(batch.lane, batch);
    const { parts, failed } = await this.#route(batch);
    failed.push(...(await this.#writeParts(parts, producer, batch)));
    return failed.length === 0 ? {} : { failed: failed.sort((a, b) => a.index - b.index) };
  }

  async #writeInTransaction(batch: SinkBatch, queues: TransactionalQueues): Promise<void> {
    const {
      parts,
      failed: [refused],
    } = await this.#route(batch);
    if (refused !== undefined) throw refused.error;
    const [{ topic }] = parts as [Part];
    await queues.write(batch, topic, parts, (producer) => this.#writeParts(parts, producer, batch));
  }

  #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the task was not started');
    return this.#run;
  }

  /** A lane has one producer for the run. One that could not be had is asked for again. */
  async #producer(lane: string, bounds: Bounds): Promise<Producer> {
    const { shared, producers } = this.#running();
    const known = this.#lanes.get(lane) ?? this.#patiently(bounds, () => producers.take(shared.client));
    this.#lanes.set(lane, known);
    try {
      return await known;
    } catch (error) {
      this.#lanes.delete(lane);
      throw error;
    }
  }

  /** Resolves once brokers have all but the records that are returned. */
  async #writeParts(parts: readonly Part[], producer: Producer, bounds: Bounds): Promise<FailedRecord[]> {
    const { shared } = this.#running();
    const written = await Promise.allSettled(
      parts.map(({ topic, partition, items }) => new PartitionWriter(shared, producer, topic, partition, bounds).write(items)),
    );
    const errors = written.filter((part) => part.status === 'rejected').map(({ reason }) => toConnectError(reason));
    // What another try can't mend is what a person has to know.
    const error = errors.find(({ retriable }) => !retriable) ?? errors[0];
    if (error !== undefined) throw error;
    return written.flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
  }

  async #route({ records, deadline, signal }: SinkBatch): Promise<Routed> {
    const { client } = this.#running().shared;
    const { config } = this.#context;
    const names = new Map([...new Set(records.map(({ topic }) => topic))].map((topic) => [topic, targetTopic(config.topic, topic)]));
    await this.#patiently({ deadline, signal }, async () => {
      for (const { name, error } of await client.topics([...new Set(names.values())])) {
        if (error !== undefined) throw protocolError(error, `topic ${name}`, 'sink');
      }
    });
    const parts = new Parts();
    const failed: FailedRecord[] = [];
    for (const [index, record] of records.entries()) {
      const topic = names.get(record.topic) as string;
      const partition = this.#partitioner(record, client.partitions(topic));
      const ready = outgoing(record);
      if (partition instanceof ConnectError) failed.push({ index, error: partition });
      else if (ready instanceof ConnectError) failed.push({ index, error: ready });
      else parts.add(topic, partition, { index, record: ready });
    }
    return { parts: parts.all, failed };
  }

  #patiently<T>({ deadline, signal }: Bounds, work: () => Promise<T>): Promise<T> {
    const patienceMs = Math.min(this.#context.config.requestTimeoutMs, Math.max(0, deadline - Date.now()));
    return new Recovery(signal, patienceMs, true).retry(() => untilAborted(work(), signal));
  }
}

/** Records by topic and partition. */
class Parts {
  readonly all: Part[] = [];
  readonly #topics = new Map<string, Map<number, Part>>();

  add(topic: string, partition: number, item: Item): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#topics.set(topic, partitions);
    }
    const part = partitions.get(partition);
    if (part !== undefined) part.items.push(item);
    else {
      const first = { topic, partition, items: [item] };
      partitions.set(partition, first);
      this.all.push(first);
    }
  }
}
