import { Producer } from '@platformatic/kafka';
import { KafkaTopics } from '../infra/local/kafka-topics.ts';
import { type Pace, paceOf } from './pace.ts';
import type { SinkSystem } from './sink-throughput.ts';

const PARTITIONS = 8;
/** Each partition's records in one request. Brokers take batches of up to 1 MiB. */
const SEND_BYTES = 256 * 1024;
const IN_FLIGHT = 4;

export const kafkaTarget: SinkSystem = {
  name: 'kafka',
  server: 'kafka',
  record: (_index, bytes) => ({ key: null, value: Buffer.alloc(bytes, 'x'), headers: [] }),
  create: ({ kafka }, topic) => withTopics(kafka, (topics) => topics.create(topic, PARTITIONS)),
  writeRaw: ({ kafka }, topic, bytes, records) => writeRawKafka(kafka, topic, bytes, records),
  options: ({ kafka }, topic) => ({ bootstrapServers: kafka, topic }),
  exactlyOnce: { delivery: 'exactly-once' },
  remove: ({ kafka }, topic) => withTopics(kafka, (topics) => topics.delete(topic)),
};

/** Measures the client library's idempotent producer, which sends large batches for all partitions. */
async function writeRawKafka(bootstrap: string, topic: string, bytes: number, records: number): Promise<Pace> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: bootstrap.split(','), idempotent: true });
  const value = Buffer.alloc(bytes, 'x');
  const step = PARTITIONS * Math.max(1, Math.floor(SEND_BYTES / bytes));
  try {
    let from = 0;
    const send = async () => {
      while (from < records) {
        const start = from;
        from += step;
        const messages = Array.from({ length: Math.min(step, records - start) }, (_, index) => ({
          topic,
          partition: (start + index) % PARTITIONS,
          value,
        }));
        await producer.send({ messages, acks: -1 });
      }
    };
    return await paceOf(async () => {
      await Promise.all(Array.from({ length: IN_FLIGHT }, send));
      return records;
    });
  } finally {
    await producer.close();
  }
}

async function withTopics(bootstrap: string, work: (topics: KafkaTopics) => Promise<void>): Promise<void> {
  const topics = new KafkaTopics(bootstrap);
  try {
    await work(topics);
  } finally {
    await topics.close();
  }
}
