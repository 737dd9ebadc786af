import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type MessageView, SimpleConsumer } from 'rocketmq-client-nodejs';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { stackAddresses } from '../../support/stack.ts';
import { sourceRecord } from '../../unit/rocketmq/records.ts';
import { Topics } from './topics.ts';

jest.setTimeout(900_000);

const COUNT = 50;
const PATIENCE_MS = 120_000;
/** A busy machine takes less time between a message and its acknowledgement. After that the broker would deliver it again. */
const INVISIBLE_MS = 120_000;

describe("RocketMQ's own consumer, over gRPC", () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  it('reads what was sent, in order, as the same records, and acknowledges it', async () => {
    const { rocketmqGrpc } = await stackAddresses();
    const topic = await topics.create({ queues: 1 });
    await topics.admin.createGroup(topic);
    await proxyRoutes(rocketmqGrpc, topic, 1);
    const records = Array.from({ length: COUNT }, (_, id) =>
      sourceRecord({
        id: String(id),
        key: Buffer.from(`key ${id}`),
        headers: [{ name: 'größe', value: Buffer.from([0xff]) }],
        timestamp: id,
      }),
    );
    const producer = await topics.producer(topic);
    const messages = records.map((record) => recordToMessage('shop', record));
    await producer.send(0, messages, Date.now() + PATIENCE_MS);

    const received = await receive(rocketmqGrpc, topic, COUNT);
    expect(received.map(({ offset }) => offset)).toEqual(records.map((_, index) => index));
    expect(new Set(received.map(({ messageId }) => messageId)).size).toBe(COUNT);
    expect(received.map((message) => messageToRecord(message))).toEqual(
      records.map(({ id, key, value, headers, timestamp }) => ({ sourceKey: `shop/orders-3/${id}`, key, value, headers, timestamp })),
    );
  });

  it('reads the message groups and tags of a FIFO topic, each group in order', async () => {
    const { rocketmqGrpc } = await stackAddresses();
    const topic = await topics.create({ queues: 1, messageType: 'FIFO' });
    await topics.admin.createGroup(topic);
    await proxyRoutes(rocketmqGrpc, topic, 1);
    const producer = await topics.producer(topic);
    const messages = Array.from({ length: COUNT }, (_, index) => ({
      body: Buffer.from(String(index)),
      keys: [],
      properties: new Map([['number', String(index)]]),
      tag: index % 2 === 0 ? 'even' : 'odd',
      group: `customer ${index % 3}`,
    }));
    await producer.send(0, messages, Date.now() + PATIENCE_MS);
    const received = await receive(rocketmqGrpc, topic, COUNT);
    expect(received.map(({ body, messageGroup, tag, properties }) => [Number(body), messageGroup, tag, properties.get('number')])).toEqual(
      messages.map(({ tag, group }, index) => [index, group, tag, String(index)]),
    );
  });
});

async function receive(endpoints: string, topic: string, count: number): Promise<MessageView[]> {
  const consumer = new SimpleConsumer({
    endpoints,
    namespace: '',
    consumerGroup: topic,
    subscriptions: new Map([[topic, '*']]),
    awaitDuration: 5_000,
    requestTimeout: 20_000,
    logger: silentLogger,
  });
  await consumer.startup();
  try {
    const received: MessageView[] = [];
    for (const deadline = Date.now() + PATIENCE_MS; received.length < count && Date.now() < deadline; ) {
      const messages = await consumer.receive(32, INVISIBLE_MS);
      for (const message of messages) await consumer.ack(message);
      received.push(...messages);
    }
    return received.sort((a, b) => Number(a.offset) - Number(b.offset));
  } finally {
    await consumer.shutdown();
  }
}
