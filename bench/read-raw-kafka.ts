import { Consumer } from '@platformatic/kafka';
import { KafkaTopics } from '../infra/local/kafka-topics.ts';
import { type Pace, paceOf } from './pace.ts';

const MIB = 1024 * 1024;
/** The most that a partition may answer at a time. Larger answers cost more per record, because they leave the processor's caches. */
const PARTITION_BYTES = MIB / 4;
/** The size of a partition's records in one request. Brokers take batches of up to 1 MiB. */
const FILL_BYTES = MIB / 2;
const CONTROL_BATCH = 0x20;

/** Makes a topic with that many records with values of `bytes` bytes and no keys, and deals them to its partitions in turn. */
export async function fillKafka(bootstrap: string, topic: string, partitions: number, bytes: number, records: number): Promise<void> {
  const topics = new KafkaTopics(bootstrap);
  try {
    await topics.create(topic, partitions);
    const value = Buffer.alloc(bytes, 'x');
    const step = Math.ceil((FILL_BYTES / bytes) * partitions);
    for (let from = 0; from < records; from += step) {
      const messages = Array.from({ length: Math.min(step, records - from) }, (_, index) => ({
        partition: (from + index) % partitions,
        key: null,
        value,
      }));
      await topics.produce(topic, messages);
    }
  } finally {
    await topics.close();
  }
}

/** Measures the client library's own fetch, for all partitions of the topic from start to end. */
export async function readRawKafka(bootstrap: string, topic: string): Promise<Pace> {
  const consumer = new Consumer({ clientId: 'bench', groupId: 'unused', bootstrapBrokers: bootstrap.split(','), autocommit: false });
  try {
    const described = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic);
    if (described === undefined || ends === undefined) throw new Error(`no topic ${topic}`);
    const next = ends.map(() => 0n);
    return await paceOf(async () => {
      let records = 0;
      for (;;) {
        const behind = [...next.keys()].filter((partition) => (next[partition] as bigint) < (ends[partition] as bigint));
        if (behind.length === 0) return records;
        const partitions = behind.map((partition) => ({
          partition,
          currentLeaderEpoch: -1,
          fetchOffset: next[partition] as bigint,
          lastFetchedEpoch: -1,
          partitionMaxBytes: PARTITION_BYTES,
        }));
        const { responses } = await consumer.fetch({
          node: described.partitions[0]?.leader as number,
          minBytes: 1,
          maxBytes: PARTITION_BYTES * partitions.length,
          maxWaitTime: 500,
          topics: [{ topicId: described.id, partitions }],
        });
        for (const answer of responses.flatMap((answered) => answered.partitions)) {
          for (const batch of answer.records ?? []) {
            if ((batch.attributes & CONTROL_BATCH) === 0) records += batch.records.length;
            next[answer.partitionIndex] = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
          }
        }
      }
    });
  } finally {
    await consumer.close();
  }
}
