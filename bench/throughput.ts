import { performance } from 'node:perf_hooks';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import { uniqueName } from '../test/support/names.ts';
import { kafkaToRocketmq, openTestStore, plan } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { checksumSeconds } from './checksum-seconds.ts';
import { fillKafka, readRawKafka } from './read-raw-kafka.ts';
import { type Bench, type Row, row } from './row.ts';
import { sendRaw } from './send-raw.ts';

const SIZES = [
  { label: '200B', bytes: 200, records: 600_000 },
  { label: '1KiB', bytes: 1_024, records: 480_000 },
  { label: '10KiB', bytes: 10_240, records: 48_000 },
];
const PARTITIONS = 8;
const ROUNDS = 3;
const SEND_SECONDS = 3;

/**
 * Measures records per second of a whole task (lease to release) from Kafka to RocketMQ, against the serial bound 1 / (1/read + 1/send) of
 * the producer alone and the fetch alone. It measures all four in turn, and the best of each counts.
 */
export const throughput: Bench = {
  names: SIZES.flatMap(({ label }) => [`send/raw/${label}`, `read/raw/${label}`, `kafka-source/${label}`]),
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      const names = [`send/raw/${size.label}`, `read/raw/${size.label}`, `kafka-source/${size.label}`];
      if (names.some(wants)) rows.push(...(await measure(size, addresses, progress)));
    }
    return rows;
  },
};

async function measure(size: (typeof SIZES)[number], addresses: StackAddresses, progress: (text: string) => void): Promise<Row[]> {
  const { label, bytes, records } = size;
  const topic = uniqueName('bench');
  progress(`${label}: filling Kafka with ${records} records`);
  await fillKafka(addresses.kafka, topic, PARTITIONS, bytes, records);
  const best = { send: 0, read: 0, one: 0, four: 0 };
  let checksums = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    best.send = Math.max(best.send, (await sendRaw(bytes, SEND_SECONDS)).messagesPerSecond);
    best.read = Math.max(best.read, await readRawKafka(addresses.kafka, topic));
    best.one = Math.max(best.one, await copyAll(addresses, topic, records, 1));
    checksums = Math.min(checksums, checksumSeconds(bytes * records));
    best.four = Math.max(best.four, await copyAll(addresses, topic, records, 4));
  }
  const bound = 1 / (1 / best.read + 1 / best.send);
  return [
    row(`send/raw/${label}`, best.send, 'records/s'),
    row(`read/raw/${label}`, best.read, 'records/s'),
    row(`kafka-source/${label}/1task`, best.one, 'records/s', bound),
    row(`kafka-source/${label}/4tasks`, best.four, 'records/s', bound),
    row(`kafka-source/${label}/checksums`, checksums, 's', records / best.one),
  ];
}

async function copyAll(addresses: StackAddresses, source: string, records: number, tasks: number): Promise<number> {
  const runtime = new TestRuntime((await openTestStore(addresses)).store);
  const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  const name = uniqueName('bench');
  await admin.createTopic(name, { queues: PARTITIONS });
  const batch = { maxRecords: 1e9, maxBytes: 1e12, maxDurationMs: 600_000, maxInFlightBytes: 16 * 1024 ** 2, checkpointIntervalMs: 10_000 };
  const split = Array.from({ length: tasks }, (_, task) =>
    Array.from({ length: PARTITIONS / tasks }, (_, index) => `${source}-${task + index * tasks}`),
  );
  await plan(runtime.store, kafkaToRocketmq(addresses, name, source, name, { batch }), split);
  const start = performance.now();
  const outcomes = await Promise.all(split.map((_, task) => runtime.run({ connector: name, task }, 600_000)));
  const seconds = (performance.now() - start) / 1_000;
  const copied = outcomes.reduce((sum, { summary }) => sum + (summary?.records ?? 0), 0);
  if (copied !== records) throw new Error(`${copied} of ${records} records were copied`);
  await runtime.close();
  await admin.deleteTopic(name);
  admin.close();
  return records / seconds;
}
