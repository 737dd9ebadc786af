import { performance } from 'node:perf_hooks';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { connectorSpec } from '../test/support/specs.ts';
import { type Bench, type Row, row } from './row.ts';
import { sendRaw } from './send-raw.ts';

/** A system that removes messages once they are read. */
export interface QueueSystem {
  /** A server of the local stack. The rows have its name. */
  readonly name: string;
  /** Makes a queue with that many durable messages with bodies of `bytes` bytes. */
  fill(addresses: StackAddresses, queue: string, bytes: number, messages: number): Promise<void>;
  /** Returns messages per second of the client library's own fastest loop that consumes and acknowledges the whole queue. */
  readRaw(addresses: StackAddresses, queue: string, messages: number): Promise<number>;
  /** Returns the `source` section that reads this queue. */
  options(addresses: StackAddresses, queue: string): object;
  remove(addresses: StackAddresses, queue: string): Promise<void>;
}

const SIZES = [
  { label: '200B', bytes: 200, messages: 100_000 },
  { label: '1KiB', bytes: 1_024, messages: 100_000 },
  { label: '10KiB', bytes: 10_240, messages: 20_000 },
];
const ROUNDS = 3;
const SEND_SECONDS = 2;

/**
 * Measures records per second of a whole task (lease to release) from one queue to RocketMQ, against the serial bound 1 / (1/read + 1/send)
 * of the client library alone and the producer alone. It measures all of them in turn, and the best of each counts.
 */
export const queueThroughput = (system: QueueSystem): Bench => {
  const namesOf = (label: string) => [`read/raw/${system.name}/${label}`, `${system.name}-source/${label}`];
  return {
    names: SIZES.flatMap(({ label }) => namesOf(label)),
    servers: [system.name, 'rocketmq', 'dynamodb'],
    async run({ addresses, progress, wants }) {
      const rows: Row[] = [];
      for (const size of SIZES.filter(({ label }) => namesOf(label).some(wants))) {
        const best = { send: 0, read: 0, copied: 0 };
        for (let round = 1; round <= ROUNDS; round += 1) {
          progress(`${system.name} ${size.label}: round ${round} of ${ROUNDS}`);
          best.send = Math.max(best.send, (await sendRaw(size.bytes, SEND_SECONDS)).messagesPerSecond);
          best.read = Math.max(best.read, await onFilledQueue(system, addresses, size, system.readRaw));
          best.copied = Math.max(best.copied, await onFilledQueue(system, addresses, size, copyAll(system)));
        }
        const [read = '', copied] = namesOf(size.label);
        rows.push(row(read, best.read, 'records/s'));
        rows.push(row(`${copied}/1task`, best.copied, 'records/s', 1 / (1 / best.read + 1 / best.send)));
      }
      return rows;
    },
  };
};

async function onFilledQueue(
  system: QueueSystem,
  addresses: StackAddresses,
  { bytes, messages }: (typeof SIZES)[number],
  read: QueueSystem['readRaw'],
): Promise<number> {
  const queue = uniqueName('bench');
  await system.fill(addresses, queue, bytes, messages);
  try {
    return await read(addresses, queue, messages);
  } finally {
    await system.remove(addresses, queue);
  }
}

const copyAll =
  (system: QueueSystem): QueueSystem['readRaw'] =>
  async (addresses, queue, messages) => {
    const runtime = new TestRuntime((await openTestStore(addresses)).store);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    try {
      await admin.createTopic(queue, { queues: 8 });
      await runtime.apply(await specFor(system, addresses, queue));
      const start = performance.now();
      const { summary } = await runtime.run({ connector: queue, task: 0 }, 600_000);
      const seconds = (performance.now() - start) / 1_000;
      if (summary?.records !== messages) throw new Error(`${summary?.records} of ${messages} messages were copied`);
      return messages / seconds;
    } finally {
      await runtime.close();
      await admin.deleteTopic(queue);
      admin.close();
    }
  };

async function specFor(system: QueueSystem, addresses: StackAddresses, queue: string): Promise<ConnectorSpec> {
  const type = `${system.name}-source`;
  const load = connectorTypes[type];
  if (load === undefined) throw new Error(`there is no connector type ${type}`);
  const parsed = (await load()).config.parse(system.options(addresses, queue)) as ConnectorSpec['system'];
  const rocketmq = { ...connectorSpec().rocketmq, endpoints: addresses.rocketmqNamesrv, topic: queue };
  const batch = { maxRecords: 1e9, maxBytes: 1e12, maxDurationMs: 600_000, maxInFlightBytes: 16 * 1024 ** 2, checkpointIntervalMs: 10_000 };
  return connectorSpec({ name: queue, type, system: parsed, rocketmq, batch, maxTasks: 1 });
}
