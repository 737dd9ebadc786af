import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { uniqueName } from '../test/support/names.ts';
import { kafkaToRocketmq, openTestStore, plan } from '../test/support/pipeline.ts';
import { peakOf } from './peak-of.ts';
import { fillKafka } from './read-raw-kafka.ts';
import { type Bench, type Row, row } from './row.ts';
import { UNLIMITED } from './unlimited.ts';

const SIZES = [
  { name: 'memory/500k', records: 500_000 },
  { name: 'memory/5m', records: 5_000_000 },
];
const RECORD_BYTES = 200;
const PARTITIONS = 8;

/** Measures the peak resident memory of a process that copies a backlog in one invocation. The ratio is against the small backlog. */
export const memory: Bench = {
  names: SIZES.map(({ name }) => name),
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress }) {
    const { store, table } = await openTestStore(addresses);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    const rows: Row[] = [];
    let small: number | undefined;
    for (const { name, records } of SIZES) {
      progress(`${name}: filling Kafka`);
      const topic = uniqueName('memory');
      await fillKafka(addresses.kafka, topic, PARTITIONS, RECORD_BYTES, records);
      await admin.createTopic(topic);
      await plan(store, kafkaToRocketmq(addresses, topic, topic, topic, { batch: UNLIMITED }), [
        Array.from({ length: PARTITIONS }, (_, partition) => `${topic}-${partition}`),
      ]);
      progress(`${name}: copying`);
      const { peakMiB, records: copied } = await peakOf(topic, table, addresses.dynamodb, 600_000);
      if (copied !== records) throw new Error(`${name}: ${copied} of ${records} records were copied`);
      rows.push(row(name, peakMiB, 'MiB', small));
      small ??= peakMiB;
      await admin.deleteTopic(topic);
    }
    store.close();
    admin.close();
    return rows;
  },
};
