import { type KafkaRecord, KafkaTopics } from '../../kafka-topics.ts';
import { rowOf } from '../comparison/check-copies.ts';
import { comparing } from '../comparison/compare.ts';
import type { ExpectedRecord, MainJobSystem } from '../comparison/source.ts';
import { PARTITIONS } from '../flights/dataset.ts';
import { loadKafka } from './load-kafka.ts';

export const kafkaSystem: MainJobSystem = {
  title: 'Kafka',
  server: 'kafka',
  type: 'kafka-source',
  example: new URL('../../../../examples/kafka-to-rocketmq.yml', import.meta.url),
  sinkExample: new URL('../../../../examples/rocketmq-to-kafka.yml', import.meta.url),
  // This is the package's largest table.
  defaultDataset: 'flights-3m',
  environment: ({ kafka }) => ({ CONNECT_KAFKA_BOOTSTRAP_SERVERS: kafka }),

  async open({ kafka: bootstrap }) {
    const kafka = new KafkaTopics(bootstrap);
    return {
      options: (topic) => ({ topics: [topic] }),
      async load(topic, dataset, signal, onProgress) {
        const { added, endOffsets } = await loadKafka(kafka, topic, dataset, signal, onProgress);
        const read = (from: string, partition: number, to: number) => kafka.read(from, partition, 0, to);
        /** `idOf` gives a record's place in the order of its partition. */
        const partitions = (idOf: (record: KafkaRecord) => number) =>
          endOffsets.map((end, partition) => ({
            name: `${topic}-${partition}`,
            records: end,
            async *read(): AsyncGenerator<ExpectedRecord[]> {
              for await (const records of read(topic, partition, end)) yield records.map((record) => ({ ...record, id: idOf(record) }));
            },
          }));
        const to = `${topic}-copy`;
        const copies = {
          name: topic,
          title: 'Kafka',
          place: `topic ${to}`,
          async prepare() {
            if ((await kafka.endOffsets(to)) === undefined) await kafka.create(to, PARTITIONS);
            // A partition of the source is in one queue of RocketMQ, so it is in one partition of the copy, and its order can be compared.
            return { topic: to, partition: 'queue' };
          },
          partitions: partitions(({ headers }) => rowOf(headers) ?? -1),
          reads: async () =>
            ((await kafka.endOffsets(to)) ?? []).map(async function* (end, partition) {
              for await (const records of read(to, partition, end)) yield records.map(copied);
            }),
        };
        return comparing({ added, partitions: partitions(({ offset }) => offset) }, { rows: dataset.rows, copies });
      },
      close: () => kafka.close(),
    };
  },
};

const copied = ({ headers, ...record }: KafkaRecord) => ({
  ...record,
  headers: headers.map(([name, value]) => ({ name, value })),
  where: `partition ${record.partition} offset ${record.offset}`,
});
