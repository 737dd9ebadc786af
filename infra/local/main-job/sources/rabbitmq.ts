import { join } from 'node:path';
import { RabbitmqQueues, rabbitmqOptions } from '../../rabbitmq-queues.ts';
import { comparing } from '../comparison/compare.ts';
import type { ExpectedRecord, MainJobSystem } from '../comparison/source.ts';
import type { DatasetMessage } from '../flights/dataset.ts';
import { loadQueues, queuesOf } from './load-queues.ts';

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

export const rabbitmqSystem: MainJobSystem = {
  title: 'RabbitMQ',
  server: 'rabbitmq',
  type: 'rabbitmq-source',
  example: new URL('../../../../examples/rabbitmq-to-rocketmq.yml', import.meta.url),
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
        return comparing(
          await loadQueues(filler, { name, dataset, folder, expected: toExpected, signal, onProgress }),
          dataset.rows,
          ADDED_HEADERS,
        );
      },
      close: () => queues.close(),
    };
  },
};
