import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import rhea from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import { administrator } from '../../../infra/local/servers/mysql-cnf.ts';
import { createPositions } from '../../../src/connectors/mysql/sink/positions.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { sampled } from './generated.ts';
import { MysqlPair } from './mysql-pair.ts';
import type { End } from './pair-lab.ts';

jest.setTimeout(900_000);

const PARTITIONS = 2;
const RECORDS = 120;

/** What becomes of the row with this key: some of its columns are written, it is deleted, or what comes is no row. */
interface Deed {
  readonly id: number;
  readonly write: { readonly n?: number | null; readonly text?: string | null; readonly bytes?: string | null } | 'delete' | 'none';
}

const columns = fc.record(
  {
    n: fc.option(fc.maxSafeInteger(), { nil: null }),
    text: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }), { nil: null }),
    bytes: fc.option(
      fc.uint8Array({ maxLength: 9 }).map((content) => Buffer.from(content).toString('base64')),
      { nil: null },
    ),
  },
  { requiredKeys: [] },
);
const deeds = (deletes: number): fc.Arbitrary<Deed> =>
  fc.record({
    id: fc.integer({ min: 1, max: 25 }),
    write: fc.oneof(
      { weight: 12, arbitrary: columns },
      { weight: deletes, arbitrary: fc.constant('delete' as const) },
      { weight: 1, arbitrary: fc.constant('none' as const) },
    ),
  });

interface System {
  readonly source: End;
  /** Sends a JSON text, or null, with a JSON key where the system has keys. */
  send(partition: number, key: string, value: string | null): Promise<void>;
  close(): Promise<void>;
}

async function fromKafka(): Promise<System> {
  const { kafka } = await stackAddresses();
  const [topics, topic] = [new KafkaTopics(kafka), uniqueName('pair')];
  await topics.create(topic, PARTITIONS);
  return {
    source: { type: 'kafka-source', options: { bootstrapServers: kafka, topics: [topic] } },
    send: (partition, key, value) =>
      topics.produce(topic, [{ partition, key: Buffer.from(key), value: value === null ? null : Buffer.from(value) }]),
    async close() {
      await topics.delete(topic);
      await topics.close();
    },
  };
}

async function fromRabbitmq(): Promise<System> {
  const { rabbitmq } = await stackAddresses();
  const names = Array.from({ length: PARTITIONS }, () => uniqueName('pair'));
  const queues = await RabbitmqQueues.open(rabbitmq);
  for (const name of names) await queues.create(name);
  return {
    source: { type: 'rabbitmq-source', options: { ...rabbitmqOptions(rabbitmq), queues: names } },
    send: (partition, _, value) =>
      queues.publish(names[partition] as string, [{ body: Buffer.from(value ?? ''), options: { messageId: uniqueName('id') } }]),
    async close() {
      for (const name of names) await queues.delete(name);
      await queues.close();
    },
  };
}

async function fromActivemq(broker: 'activemq' | 'artemis'): Promise<System> {
  const url = (await stackAddresses())[broker];
  const names = Array.from({ length: PARTITIONS }, () => uniqueName('pair'));
  const sender = await ActivemqBroker.open(url);
  return {
    source: { type: 'activemq-source', options: { url, queues: names, connectTimeoutMs: 30_000, idleTimeoutMs: 60_000 } },
    // Its key is the message id.
    send: (partition, key, value) =>
      sender.send({ name: names[partition] as string }, [
        { message_id: key, body: value === null ? null : rhea.message.data_section(Buffer.from(value)) },
      ]),
    close: () => sender.close(),
  };
}

describe('JSON that goes into a table of MySQL', () => {
  let pair: MysqlPair;
  beforeAll(async () => {
    pair = await MysqlPair.open();
    await pair.admin.run(createPositions({ database: pair.database, table: 'rocketmq_connect_positions' }));
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  it.each([
    { from: 'Kafka', open: fromKafka, deletes: 3 },
    // AMQP 0-9-1 has no null value, and so nothing that deletes.
    { from: 'RabbitMQ', open: fromRabbitmq, deletes: 0 },
    { from: 'ActiveMQ Classic', open: () => fromActivemq('activemq'), deletes: 3 },
    { from: 'Artemis', open: () => fromActivemq('artemis'), deletes: 3 },
  ])('from $from is there row by row, and what is no row becomes a dead letter', async ({ open, deletes }) => {
    await pair.admin.run(`DROP TABLE IF EXISTS things; CREATE TABLE things (id INT PRIMARY KEY, n BIGINT, text TEXT, bytes BLOB)`);
    const system = await open();
    try {
      const all = sampled(deeds(deletes), RECORDS);
      const rows = new Map<number, Record<string, unknown>>();
      for (const { id, write } of all) {
        const value = write === 'delete' ? null : write === 'none' ? 'no row' : JSON.stringify({ id, ...write });
        await system.send(id % PARTITIONS, JSON.stringify({ id }), value);
        if (write === 'delete') rows.delete(id);
        else if (write !== 'none') rows.set(id, { id, n: null, text: null, bytes: null, ...rows.get(id), ...write });
      }
      const { user: username, password } = administrator;
      const options = {
        address: pair.admin.address,
        username,
        ...(password !== '' && { password }),
        table: `${pair.database}.things`,
        connectTimeoutMs: 30_000,
      };
      const { deadLetters } = await pair.lab.copy(system.source, { type: 'mysql-sink', options });
      const there = await pair.admin.rows<object>('SELECT id, n, text, TO_BASE64(bytes) AS bytes FROM things ORDER BY id');
      expect(there.map((row) => ({ ...row }))).toEqual([...rows.values()].toSorted((a, b) => Number(a.id) - Number(b.id)));
      expect(deadLetters).toBe(all.filter(({ write }) => write === 'none').length);
    } finally {
      await system.close();
    }
  });
});
