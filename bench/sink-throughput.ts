import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { SourceRecord } from '../src/api/index.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { fillTopic, QUEUES } from './fill-topic.ts';
import { better, bound, type Pace, paceOf } from './pace.ts';
import { type Bench, type Row, row } from './row.ts';
import { sinkSpec } from './sink-spec.ts';
import { UNLIMITED } from './unlimited.ts';

/** A system that a sink writes to. */
export interface SinkSystem {
  /** The rows have this name. */
  readonly name: string;
  /** A server of the local stack. */
  readonly server: string;
  /** Returns a record of about `bytes` bytes as RocketMQ holds it. */
  record(index: number, bytes: number): Pick<SourceRecord, 'key' | 'value' | 'headers'>;
  /** Makes an empty topic, queue or table. */
  create(addresses: StackAddresses, place: string): Promise<void>;
  /** Measures the client library's own fastest loop that writes the same records so that they are durable. */
  writeRaw(addresses: StackAddresses, place: string, bytes: number, records: number): Promise<Pace>;
  /** Returns the `sink` section that writes to this place. */
  options(addresses: StackAddresses, place: string): object;
  /** Returns what the `sink` section needs besides to write each record exactly once. Absent if there is no row for it. */
  readonly exactlyOnce?: object;
  remove(addresses: StackAddresses, place: string): Promise<void>;
}

const SIZES = [
  { label: '200B', bytes: 200, records: 200_000 },
  { label: '1KiB', bytes: 1_024, records: 100_000 },
];
/** Exactly once is measured with records of this size. */
const EXACTLY_ONCE = '1KiB';
const ROUNDS = 3;
const RECORDS_PER_SEND = 1_000;
/** A broker with its own settings gives less for each pull than the stack's. */
const DEFAULT_PULLS = {
  maxTransferCountOnMessageInMemory: 32,
  maxTransferBytesOnMessageInMemory: 256 * 1024,
  maxTransferCountOnMessageInDisk: 8,
  maxTransferBytesOnMessageInDisk: 64 * 1024,
};

/**
 * Measures a whole task (lease to release) from eight queues of RocketMQ to the system, against the queue reader alone and the client library
 * alone: records per second against the slower of them, processor time a record against their sum. It measures all in turn, and the best
 * of each counts. The broker has RocketMQ's default limits for pulls.
 */
export const sinkThroughput = (system: SinkSystem): Bench => {
  const sink = `${system.name}-sink`;
  const namesOf = (label: string) => [
    `write/raw/${system.name}/${label}`,
    `${sink}/${label}`,
    `cpu/${sink}/${label}`,
    ...(system.exactlyOnce && label === EXACTLY_ONCE ? [`${sink}-exactly-once/${label}`] : []),
  ];
  return {
    names: SIZES.flatMap(({ label }) => namesOf(label)),
    servers: [system.server, 'rocketmq', 'dynamodb'],
    async run({ addresses, progress, wants }) {
      const rows: Row[] = [];
      const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
      try {
        await admin.configureBroker(DEFAULT_PULLS);
        for (const size of SIZES.filter(({ label }) => namesOf(label).some(wants)))
          rows.push(...(await measure(system, size, addresses, admin, progress)));
      } finally {
        admin.close();
      }
      return rows;
    },
  };
};

async function measure(
  system: SinkSystem,
  { label, bytes, records }: (typeof SIZES)[number],
  addresses: StackAddresses,
  admin: RocketmqAdmin,
  progress: (text: string) => void,
): Promise<Row[]> {
  const topic = uniqueName('bench-sink');
  await admin.createTopic(topic, { queues: QUEUES });
  progress(`${system.name} ${label}: filling RocketMQ with ${records} messages`);
  await fillTopic(addresses.rocketmqNamesrv, topic, { records, perSend: RECORDS_PER_SEND }, (index) => system.record(index, bytes));
  const exactlyOnce = label === EXACTLY_ONCE ? system.exactlyOnce : undefined;
  const best: { [what in 'read' | 'write' | 'copy' | 'once']?: Pace } = {};
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${system.name} ${label}: round ${round} of ${ROUNDS}`);
    best.read = better(best.read, await paceOf(() => readAll(admin, topic), records));
    best.write = better(best.write, await into(system, addresses, (place) => system.writeRaw(addresses, place, bytes, records)));
    best.copy = better(best.copy, await into(system, addresses, (place) => copyAll(system, addresses, topic, place, records)));
    if (exactlyOnce === undefined) continue;
    best.once = better(best.once, await into(system, addresses, (place) => copyAll(system, addresses, topic, place, records, exactlyOnce)));
  }
  await admin.deleteTopic(topic);
  const { read, write, copy } = best as Required<typeof best>;
  const { once } = best;
  const sink = `${system.name}-sink/${label}`;
  return [
    row(`write/raw/${system.name}/${label}`, write.perSecond, 'records/s'),
    row(`${sink}/read`, read.perSecond, 'records/s'),
    row(`${sink}/1task`, copy.perSecond, 'records/s', bound({ read, send: write })),
    row(`cpu/${sink}`, copy.cpuMicros, 'us/record', read.cpuMicros + write.cpuMicros),
    ...(once === undefined
      ? []
      : [row(`${system.name}-sink-exactly-once/${label}/1task`, once.perSecond, 'records/s', bound({ read, send: write }))]),
  ];
}

async function readAll(admin: RocketmqAdmin, topic: string): Promise<number> {
  let read = 0;
  const readQueue = async (queue: number): Promise<void> => {
    for await (const messages of admin.readQueue(topic, queue)) read += messages.length;
  };
  await Promise.all(Array.from({ length: QUEUES }, (_, queue) => readQueue(queue)));
  return read;
}

async function into(system: SinkSystem, addresses: StackAddresses, work: (place: string) => Promise<Pace>): Promise<Pace> {
  const place = uniqueName('bench');
  await system.create(addresses, place);
  try {
    return await work(place);
  } finally {
    await system.remove(addresses, place);
  }
}

/** `more`: what the `sink` section has besides. */
async function copyAll(
  system: SinkSystem,
  addresses: StackAddresses,
  topic: string,
  place: string,
  records: number,
  more: object = {},
): Promise<Pace> {
  await using runtime = new TestRuntime((await openTestStore(addresses)).store);
  const name = uniqueName('bench');
  await runtime.apply({
    ...(await sinkSpec(addresses, name, system.name, { ...system.options(addresses, place), ...more }, topic)),
    batch: UNLIMITED,
  });
  return paceOf(async () => {
    const { summary } = await runtime.run({ connector: name, task: 0 }, 600_000);
    if (summary?.error !== undefined) throw new Error(JSON.stringify(summary.error));
    return summary?.records ?? 0;
  }, records);
}
