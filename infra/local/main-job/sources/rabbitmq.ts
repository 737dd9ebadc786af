import { join } from 'node:path';
import type { ConsumeMessage } from 'amqplib';
import type { ConnectRecord } from '../../../../src/api/index.ts';
import { RabbitmqQueues, rabbitmqOptions } from '../../rabbitmq-queues.ts';
import type { CopiedRecord } from '../comparison/check-copies.ts';
import { comparing } from '../comparison/compare.ts';
import type { ExpectedRecord, MainJobSystem } from '../comparison/source.ts';
import type { DatasetMessage } from '../flights/dataset.ts';
import { expectedOf, loadQueues, queuesOf } from './load-queues.ts';

/** Timestamps of AMQP 0-9-1 count seconds. */
const seconds = (ms: number) => Math.floor(ms / 1_000);

/** Returns a message. The key travels as a header, and the row's number is the message's id. */
const toMessage = ({ row, key, value, headers, timestamp }: DatasetMessage) => ({
  body: value,
  options: {
    messageId: String(row),
    timestamp: seconds(timestamp),
    headers: Object.fromEntries([['key', key] as const, ...headers].map(([name, content]) => [name, content.toString()])),
  },
});

const toExpected = ({ row, key, value, headers, timestamp }: DatasetMessage): ExpectedRecord => ({
  id: row,
  key: Buffer.from(String(row)),
  value,
  headers: [['key', key], ...headers],
  timestamp: seconds(timestamp) * 1_000,
});

/** The headers that the connector adds. */
const ADDED_HEADERS = /^(rabbitmq-.+|header-types)$/;

/** Returns the message as the sink must write it: as it was published. */
const toCopy = (message: DatasetMessage): ExpectedRecord => ({ ...toExpected(message), key: message.key });

export const rabbitmqSystem: MainJobSystem = {
  title: 'RabbitMQ',
  server: 'rabbitmq',
  type: 'rabbitmq-source',
  example: new URL('../../../../examples/rabbitmq-to-rocketmq.yml', import.meta.url),
  sinkExample: new URL('../../../../examples/rocketmq-to-rabbitmq.yml', import.meta.url),
  defaultDataset: 'flights-200k',
  environment: ({ rabbitmq }) => {
    const { urls, password } = rabbitmqOptions(rabbitmq);
    return { CONNECT_RABBITMQ_URLS: urls, RABBITMQ_PASSWORD: password };
  },

  async open({ rabbitmq }, dataDir) {
    const queues = await RabbitmqQueues.open(rabbitmq);
    return {
      options: (name) => {
        const { username } = rabbitmqOptions(rabbitmq);
        return { queues: queuesOf(name), username };
      },
      async load(name, dataset, signal, onProgress) {
        const filler = {
          ensure: (queue: string) => queues.create(queue),
          send: (queue: string, messages: readonly DatasetMessage[]) => queues.publish(queue, messages.map(toMessage)),
        };
        const folder = join(dataDir, 'loaded', 'rabbitmq');
        const loaded = await loadQueues(filler, { name, dataset, folder, expected: toExpected, signal, onProgress });
        const copy = `${name}-copy`;
        const copies = {
          name,
          title: 'RabbitMQ',
          place: `queue ${copy}`,
          async prepare() {
            await queues.create(copy);
            return { username: rabbitmqOptions(rabbitmq).username, routingKey: copy };
          },
          partitions: loaded.partitions.map((each, partition) => ({ ...each, read: () => expectedOf(partition, dataset, toCopy) })),
          addedHeaders: ADDED_HEADERS,
          reads: async () => [copiesIn(queues, copy)],
        };
        return comparing(loaded, { rows: dataset.rows, addedHeaders: ADDED_HEADERS, copies });
      },
      close: () => queues.close(),
    };
  },
};

/** Yields what waits in the queue, which stays there. */
async function* copiesIn(queues: RabbitmqQueues, queue: string): AsyncGenerator<CopiedRecord[]> {
  let number = 0;
  for await (const messages of queues.look(queue))
    yield messages.map((message) => {
      number += 1;
      return { ...copied(message), where: `message ${number} of queue ${queue}` };
    });
}

function copied({ content, properties }: ConsumeMessage): ConnectRecord {
  const headers = Object.entries<unknown>(properties.headers ?? {}).map(([name, value]) => ({ name, value: Buffer.from(String(value)) }));
  const key = headers.find(({ name }) => name === 'key')?.value ?? null;
  return { key, value: content, headers, timestamp: Number(properties.timestamp) * 1_000 };
}
