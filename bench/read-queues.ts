import { performance } from 'node:perf_hooks';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { silentLogger } from '../src/api/index.ts';
import { openProducer } from '../src/rocketmq/open-producer.ts';
import { uniqueName } from '../test/support/names.ts';
import { type Bench, type Row, row } from './row.ts';

const SIZES = [
  { label: '200B', bytes: 200, messages: 800_000 },
  { label: '1KiB', bytes: 1_024, messages: 300_000 },
];
const QUEUES = 8;
const WINDOWS = [1, 4, 16];
const ROUNDS = 3;
const MESSAGES_PER_SEND = 2_000;

/** What a pull may give: RocketMQ's defaults, and the larger values of the stack (rocketmq-conf.ts). */
const LIMITS = {
  default: { inMemory: [32, 256 * 1024], onDisk: [8, 64 * 1024] },
  raised: { inMemory: [4_000, 4 * 1024 * 1024], onDisk: [4_000, 4 * 1024 * 1024] },
} as const;

/** Messages per second that are read and decoded from eight queues at once, by pulls in flight; the baseline is one pull after the other. */
export const readQueues: Bench = {
  names: SIZES.map(({ label }) => `read/rocketmq/${label}`),
  servers: ['rocketmq'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    try {
      for (const size of SIZES) {
        if (wants(`read/rocketmq/${size.label}`)) rows.push(...(await measure(admin, addresses.rocketmqNamesrv, size, progress)));
      }
    } finally {
      await limitPulls(admin, 'raised');
      admin.close();
    }
    return rows;
  },
};

async function measure(
  admin: RocketmqAdmin,
  namesrv: string,
  { label, bytes, messages }: (typeof SIZES)[number],
  progress: (text: string) => void,
): Promise<Row[]> {
  const topic = uniqueName('bench-read');
  await admin.createTopic(topic, { queues: QUEUES });
  progress(`${label}: filling RocketMQ with ${messages} messages`);
  await fill(namesrv, topic, bytes, messages);
  const best = new Map<string, number>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    for (const limits of ['default', 'raised'] as const) {
      await limitPulls(admin, limits);
      for (const window of WINDOWS) {
        const name = `${limits}/${window}`;
        best.set(name, Math.max(best.get(name) ?? 0, await readAll(admin, topic, messages, window)));
      }
    }
  }
  await admin.deleteTopic(topic);
  return [...best].map(([name, value]) => row(`read/rocketmq/${label}/${name}`, value, 'messages/s', best.get(name.replace(/\d+$/, '1'))));
}

async function limitPulls(admin: RocketmqAdmin, limits: keyof typeof LIMITS): Promise<void> {
  const { inMemory, onDisk } = LIMITS[limits];
  await admin.configureBroker({
    maxTransferCountOnMessageInMemory: inMemory[0],
    maxTransferBytesOnMessageInMemory: inMemory[1],
    maxTransferCountOnMessageInDisk: onDisk[0],
    maxTransferBytesOnMessageInDisk: onDisk[1],
  });
}

async function fill(namesrv: string, topic: string, bytes: number, count: number): Promise<void> {
  const config = { endpoints: namesrv, topic, namespace: '', tls: false, requestTimeoutMs: 20_000 };
  const producer = await openProducer(config, silentLogger);
  const message = { body: Buffer.alloc(bytes, 'x'), keys: ['bench/orders-0/1000000'], properties: new Map() };
  const messages = Array.from({ length: MESSAGES_PER_SEND }, () => message);
  try {
    const send = async (queue: number): Promise<void> => {
      for (let sent = 0; sent < count / QUEUES; sent += MESSAGES_PER_SEND)
        await producer.send(queue, messages.slice(0, count / QUEUES - sent), Date.now() + 60_000);
    };
    await Promise.all(Array.from({ length: QUEUES }, (_, queue) => send(queue)));
  } finally {
    await producer.close();
  }
}

async function readAll(admin: RocketmqAdmin, topic: string, count: number, window: number): Promise<number> {
  let read = 0;
  const startedAt = performance.now();
  const readQueue = async (queue: number): Promise<void> => {
    for await (const messages of admin.readQueue(topic, queue, { window })) read += messages.length;
  };
  await Promise.all(Array.from({ length: QUEUES }, (_, queue) => readQueue(queue)));
  const seconds = (performance.now() - startedAt) / 1_000;
  if (read !== count) throw new Error(`${read} messages were read where there are ${count}`);
  return count / seconds;
}
