import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { connectorSpec } from '../test/support/specs.ts';
import { better, type Pace, paceOf, type SourcePaces, sourceRows } from './pace.ts';
import { type Bench, type Row, row } from './row.ts';
import { sendRaw } from './send-raw.ts';
import { UNLIMITED } from './unlimited.ts';

/** A system that removes messages once they are read. */
export interface QueueSystem {
  /** A server of the local stack. The rows have its name. */
  readonly name: string;
  /** Makes a queue with that many durable messages with bodies of `bytes` bytes. */
  fill(addresses: StackAddresses, queue: string, bytes: number, messages: number): Promise<void>;
  /** Measures the client library's own fastest loop that consumes and acknowledges the whole queue. */
  readRaw(addresses: StackAddresses, queue: string, messages: number): Promise<Pace>;
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
 * Measures a whole task (lease to release) from one queue to RocketMQ against the client library alone and the producer alone: records per
 * second against the slower of them, processor time a record against their sum. It measures all in turn, and the best of each counts.
 */
export const queueThroughput = (system: QueueSystem): Bench => {
  const source = `${system.name}-source`;
  const namesOf = (label: string) => [`read/raw/${system.name}/${label}`, `${source}/${label}`, `cpu/${source}/${label}`];
  return {
    names: SIZES.flatMap(({ label }) => namesOf(label)),
    servers: [system.name, 'rocketmq', 'dynamodb'],
    async run({ addresses, progress, wants }) {
      const rows: Row[] = [];
      for (const size of SIZES.filter(({ label }) => namesOf(label).some(wants))) {
        const best: { [what in keyof SourcePaces]?: Pace } = {};
        for (let round = 1; round <= ROUNDS; round += 1) {
          progress(`${system.name} ${size.label}: round ${round} of ${ROUNDS}`);
          best.send = better(best.send, await sendRaw(size.bytes, SEND_SECONDS));
          best.read = better(best.read, await onFilledQueue(system, addresses, size, system.readRaw));
          best.copy = better(best.copy, await onFilledQueue(system, addresses, size, copyAll(system)));
        }
        const paces = best as SourcePaces;
        rows.push(row(`read/raw/${system.name}/${size.label}`, paces.read.perSecond, 'records/s'));
        rows.push(...sourceRows(`${source}/${size.label}`, paces));
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
): Promise<Pace> {
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
      return await paceOf(async () => (await runtime.run({ connector: queue, task: 0 }, 600_000)).summary?.records ?? 0, messages);
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
  return connectorSpec({ name: queue, type, system: parsed, rocketmq, batch: UNLIMITED, maxTasks: 1 });
}
