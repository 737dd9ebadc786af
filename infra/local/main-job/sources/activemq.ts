import { join } from 'node:path';
import rhea, { type Message } from 'rhea';
import type { ConnectRecord } from '../../../../src/api/index.ts';
import { ActivemqBroker } from '../../activemq-broker.ts';
import type { CopiedRecord } from '../comparison/check-copies.ts';
import { comparing } from '../comparison/compare.ts';
import type { ExpectedRecord, MainJobSystem } from '../comparison/source.ts';
import type { DatasetMessage } from '../flights/dataset.ts';
import { expectedOf, loadQueues, queuesOf } from './load-queues.ts';
import { TakenNote } from './taken-note.ts';

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

/** Returns the message as the sink must write it: as it was sent. */
const toCopy = (message: DatasetMessage): ExpectedRecord => ({ ...toExpected(message), key: message.key });

export const activemqSystem: MainJobSystem = {
  title: 'ActiveMQ',
  server: 'activemq',
  type: 'activemq-source',
  example: new URL('../../../../examples/activemq-to-rocketmq.yml', import.meta.url),
  sinkExample: new URL('../../../../examples/rocketmq-to-activemq.yml', import.meta.url),
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
        const loaded = await loadQueues(filler, { name, dataset, folder, expected: toExpected, signal, onProgress });
        const copy = `${name}-copy`;
        const note = new TakenNote(folder, copy);
        const copies = {
          name,
          title: 'ActiveMQ',
          place: `queue ${copy}`,
          // The broker makes the queue with the first client that names it.
          prepare: async () => ({ destination: `queue://${copy}` }),
          partitions: loaded.partitions.map((each, partition) => ({ ...each, read: () => expectedOf(partition, dataset, toCopy) })),
          addedHeaders: ADDED_HEADERS,
          reads: async () => [copiesIn(broker, copy, note)],
          takenBefore: () => note.read(),
        };
        return comparing(loaded, { rows: dataset.rows, addedHeaders: ADDED_HEADERS, copies });
      },
      close: () => broker.close(),
    };
  },
};

/** Takes what waits in the queue out of it: a browser would see no more than the broker holds in memory. */
async function* copiesIn(broker: ActivemqBroker, queue: string, note: TakenNote): AsyncGenerator<CopiedRecord[]> {
  let number = 0;
  for await (const messages of broker.take(queue)) {
    yield messages.map((message) => {
      number += 1;
      return { ...copied(message), where: `message ${number} of queue ${queue}` };
    });
    // Before the broker is told: what it then keeps, because this process dies, counts as taken, and is compared again.
    await note.add(messages.length);
  }
}

function copied({ body, application_properties: properties, creation_time: time }: Message): ConnectRecord {
  const headers = Object.entries(properties ?? {}).map(([name, value]) => ({ name, value: Buffer.from(String(value)) }));
  const key = headers.find(({ name }) => name === 'key')?.value ?? null;
  const { content } = body as { readonly content: Buffer };
  return { key, value: content, headers, ...(time !== undefined && { timestamp: time.getTime() }) };
}
