import { KafkaTopics } from '../../kafka-topics.ts';
import { comparing } from '../comparison/compare.ts';
import type { MainJobSystem } from '../comparison/source.ts';
import { loadKafka } from './load-kafka.ts';

export const kafkaSystem: MainJobSystem = {
  title: 'Kafka',
  server: 'kafka',
  type: 'kafka-source',
  example: new URL('../../../../examples/kafka-to-rocketmq.yml', import.meta.url),
  // This is the package's largest table.
  defaultDataset: 'flights-3m',
  environment: ({ kafka }) => ({ CONNECT_KAFKA_BOOTSTRAP_SERVERS: kafka }),

  async open({ kafka: bootstrap }) {
    const kafka = new KafkaTopics(bootstrap);
    return {
      options: (topic) => ({ topics: [topic] }),
      async load(topic, dataset, signal, onProgress) {
        const { added, endOffsets } = await loadKafka(kafka, topic, dataset, signal, onProgress);
        const partitions = endOffsets.map((end, partition) => ({
          name: `${topic}-${partition}`,
          records: end,
          async *read() {
            for await (const records of kafka.read(topic, partition, 0, end))
              yield records.map((record) => ({ id: record.offset, ...record }));
          },
        }));
        return comparing({ added, partitions }, dataset.rows);
      },
      close: () => kafka.close(),
    };
  },
};
