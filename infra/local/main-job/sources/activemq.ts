import { join } from 'node:path';
import rhea from 'rhea';
import { ActivemqBroker } from '../../activemq-broker.ts';
import { comparing } from '../comparison/compare.ts';
import type { ExpectedRecord, MainJobSystem } from '../comparison/source.ts';
import type { DatasetMessage } from '../flights/dataset.ts';
import { loadQueues, queuesOf } from './load-queues.ts';

/** Returns a bytes message. The key travels as a property, and the row's number is the message's id. */
const toMessage = ({ row, key, value, headers, timestamp }: DatasetMessage) => ({
  message_id: String(row),
  creation_time: new Date(timestamp),
  body: rhea.message.data_section(value),
  application_properties: Object.fromEntries([['key', key] as const, ...headers].map(([name, content]) => [name, content.toString()])),
});

const toExpected = ({ row, key, value, headers, timestamp }: DatasetMessage): ExpectedRecord => ({
  id: row,
  key: Buffer.from(String(row)),
  value,
  headers: [['key', key], ...headers],
  timestamp,
});

/** The headers that the connector adds. */
const ADDED_HEADERS = /^(jms-.+|header-types)$/;

export const activemqSystem: MainJobSystem = {
  title: 'ActiveMQ',
  server: 'activemq',
  type: 'activemq-source',
  example: new URL('../../../../examples/activemq-to-rocketmq.yml', import.meta.url),
  defaultDataset: 'flights-200k',
  environment: ({ activemq }) => ({ CONNECT_ACTIVEMQ_URL: activemq }),

  async open({ activemq }, dataDir) {
    const broker = await ActivemqBroker.open(activemq);
    return {
      options: (name) => ({ queues: queuesOf(name) }),
      async load(name, dataset, signal, onProgress) {
        const filler = {
          send: (queue: string, messages: readonly DatasetMessage[]) => broker.send({ name: queue }, messages.map(toMessage)),
        };
        const folder = join(dataDir, 'loaded', 'activemq');
        return comparing(await loadQueues(filler, { name, dataset, folder, expected: toExpected, signal, onProgress }), {
          rows: dataset.rows,
          addedHeaders: ADDED_HEADERS,
        });
      },
      close: () => broker.close(),
    };
  },
};
