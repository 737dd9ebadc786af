import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { uniqueName } from '../test/support/names.ts';
import { kafkaToRocketmq, openTestStore, plan } from '../test/support/pipeline.ts';
import { fillKafka } from './read-raw-kafka.ts';
import { type Bench, type Row, row } from './row.ts';

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
      const batch = {
        maxRecords: 1e9,
        maxBytes: 1e12,
        maxDurationMs: 600_000,
        maxInFlightBytes: 16 * 1024 ** 2,
        checkpointIntervalMs: 10_000,
      };
      await plan(store, kafkaToRocketmq(addresses, topic, topic, topic, { batch }), [
        Array.from({ length: PARTITIONS }, (_, partition) => `${topic}-${partition}`),
      ]);
      progress(`${name}: copying`);
      const order = { table, dynamodb: addresses.dynamodb, deadlineMs: 600_000, work: { run: { connector: topic, task: 0 } } };
      const script = path.join(import.meta.dirname, 'memory-process.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, JSON.stringify(order)]);
      const { peakMiB, records: copied } = JSON.parse(stdout) as { peakMiB: number; records: number };
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
