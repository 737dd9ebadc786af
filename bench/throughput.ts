import type { StackAddresses } from '../infra/local/stack.ts';
import { uniqueName } from '../test/support/names.ts';
import { checksumSeconds } from './checksum-seconds.ts';
import { copyKafka } from './copy-kafka.ts';
import { better, bound, type Pace, sourceRows } from './pace.ts';
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

const namesOf = (label: string) => [`send/raw/${label}`, `read/raw/${label}`, `kafka-source/${label}`, `cpu/kafka-source/${label}`];

/**
 * Measures a whole task (lease to release) from Kafka to RocketMQ against the fetch alone and the producer alone: records per second against
 * the slower of them, processor time a record against their sum. It measures all of them in turn, and the best of each counts.
 */
export const throughput: Bench = {
  names: SIZES.flatMap(({ label }) => namesOf(label)),
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      if (namesOf(size.label).some(wants)) rows.push(...(await measure(size, addresses, progress)));
    }
    return rows;
  },
};

async function measure(size: (typeof SIZES)[number], addresses: StackAddresses, progress: (text: string) => void): Promise<Row[]> {
  const { label, bytes, records } = size;
  const topic = uniqueName('bench');
  progress(`${label}: filling Kafka with ${records} records`);
  await fillKafka(addresses.kafka, topic, PARTITIONS, bytes, records);
  const best: { [what in 'send' | 'read' | 'copy' | 'four']?: Pace } = {};
  let checksums = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    best.send = better(best.send, await sendRaw(bytes, SEND_SECONDS));
    best.read = better(best.read, await readRawKafka(addresses.kafka, topic));
    best.copy = better(best.copy, await copyKafka(addresses, { source: topic, partitions: PARTITIONS, records }));
    checksums = Math.min(checksums, checksumSeconds(bytes * records));
    best.four = better(best.four, await copyKafka(addresses, { source: topic, partitions: PARTITIONS, records, tasks: 4 }));
  }
  const { send, read, copy, four } = best as Required<typeof best>;
  return [
    row(`send/raw/${label}`, send.perSecond, 'records/s'),
    row(`read/raw/${label}`, read.perSecond, 'records/s'),
    ...sourceRows(`kafka-source/${label}`, { read, send, copy }),
    row(`kafka-source/${label}/4tasks`, four.perSecond, 'records/s', bound({ read, send })),
    row(`kafka-source/${label}/checksums`, checksums, 's', records / copy.perSecond),
  ];
}
