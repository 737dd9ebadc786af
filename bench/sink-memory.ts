import { rabbitmqOptions } from '../infra/local/rabbitmq-queues.ts';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { TcpProxy } from '../test/support/tcp-proxy.ts';
import { fillTopic } from './fill-topic.ts';
import { peakOf } from './peak-of.ts';
import { type Bench, type Row, row } from './row.ts';
import { sinkSpec } from './sink-spec.ts';
import { rabbitmqTarget } from './write-raw-rabbitmq.ts';

const SIZES = [
  { name: 'memory/sink-still/1KiB', bytes: 1_024, records: 200_000, perSend: 1_000 },
  { name: 'memory/sink-still/1MiB', bytes: 1_024 ** 2, records: 256, perSend: 1 },
];
const DEADLINE_MS = 60_000;
/** Enough to connect, and next to nothing for records. */
const STILL_BYTES_PER_SECOND = 4_096;

/** Measures the peak resident memory of a process whose sink has a backlog, and a target that takes next to nothing. */
export const sinkMemory: Bench = {
  names: SIZES.map(({ name }) => name),
  servers: ['rabbitmq', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const { store, table } = await openTestStore(addresses);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    await using runtime = new TestRuntime(store);
    const { urls, ...credentials } = rabbitmqOptions(addresses.rabbitmq);
    await using proxy = await TcpProxy.start(new URL(urls).host);
    const rows: Row[] = [];
    for (const { name, bytes, ...count } of SIZES.filter((size) => wants(size.name))) {
      const topic = uniqueName('memory');
      await admin.createTopic(topic);
      progress(`${name}: filling RocketMQ`);
      await fillTopic(addresses.rocketmqNamesrv, topic, count, () => ({ key: null, value: Buffer.alloc(bytes, 'x'), headers: [] }));
      await rabbitmqTarget.create(addresses, topic);
      const options = { ...credentials, urls: `amqp://${proxy.address}`, routingKey: topic };
      await runtime.apply(await sinkSpec(addresses, topic, 'rabbitmq', options, topic));
      progress(`${name}: copying`);
      proxy.set({ bytesPerSecond: STILL_BYTES_PER_SECOND }, 'request');
      const { peakMiB } = await peakOf(topic, table, addresses.dynamodb, DEADLINE_MS);
      rows.push(row(name, peakMiB, 'MiB'));
      proxy.mend();
      await rabbitmqTarget.remove(addresses, topic);
      await admin.deleteTopic(topic);
    }
    admin.close();
    return rows;
  },
};
