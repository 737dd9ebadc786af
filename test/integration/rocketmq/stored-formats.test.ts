import { deflateSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { peekTopic } from '../../../src/rocketmq/peek-topic.ts';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { findRoute, masterOf } from '../../../src/rocketmq/topic-route.ts';
import { Topics } from './topics.ts';

const SEND_MESSAGE_V2 = 310;
const TEXT = 'a longer text that repeats, that repeats, that repeats itself. '.repeat(100);

/** What clients of RocketMQ 4 and 5 leave in a topic is read back, however they wrote it. */
describe('messages of other producers', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  /** Sends one message as Java's producers do, which compress by themselves and say how in the system flags. */
  async function sendCompressed(topic: string, sysFlag: number, body: Buffer): Promise<void> {
    const client = new RemotingClient({});
    try {
      const address = masterOf(await findRoute(client, topics.namesrv, topic, 20_000), 'broker-a');
      const fields = {
        a: 'test',
        b: topic,
        c: topic,
        d: '0',
        e: '0',
        f: String(sysFlag),
        g: '0',
        h: '0',
        i: '',
        j: '0',
        k: 'false',
        m: 'false',
      };
      const answer = await client.request(address, { code: SEND_MESSAGE_V2, fields, body }, 20_000);
      expect(answer).toMatchObject({ code: 0 });
    } finally {
      client.close();
    }
  }

  it.each([
    ['zlib, by clients up to 4.9.2', 0x001, deflateSync(TEXT)],
    ['zlib', 0x301, deflateSync(TEXT)],
    ['lz4', 0x101, Buffer.from(compressionsAlgorithms.lz4.compressSync(Buffer.from(TEXT)) as Buffer)],
    ['zstd', 0x201, zstdCompressSync(TEXT)],
  ])('are read where they are compressed: %s', async (_, sysFlag, body) => {
    const topic = await topics.create({ queues: 1 });
    await sendCompressed(topic, sysFlag, body);
    const [[message] = []] = await topics.admin.readTopic(topic);
    expect(message?.body.toString()).toBe(TEXT);
    const { messages } = await peekTopic(topics.config(topic), { from: 'start', limit: 10 });
    expect(messages).toMatchObject([{ bytes: TEXT.length }]);
    expect(messages[0]).not.toHaveProperty('compressed');
  });

  it('are read one by one where the broker stores each batch as one message', async () => {
    const topic = await topics.create({ queues: 1, queueType: 'BatchCQ' });
    const producer = await topics.producer(topic);
    const all = Array.from({ length: 100 }, (_, number) => ({
      body: Buffer.from(String(number)),
      keys: [`k-${number}`],
      properties: new Map([['number', String(number)]]),
    }));
    for (let at = 0; at < all.length; at += 7) await producer.send(0, all.slice(at, at + 7), Date.now() + 30_000);

    const [messages = []] = await topics.admin.readTopic(topic);
    expect(messages.map(({ offset, body, properties }) => [offset, body.toString(), properties.get('number')])).toEqual(
      all.map(({ body }, index) => [index, body.toString(), body.toString()]),
    );
    const part: string[] = [];
    for await (const chunk of topics.admin.readQueue(topic, 0, { from: 10, to: 33 }))
      part.push(...chunk.map(({ body }) => body.toString()));
    expect(part).toEqual(all.slice(10, 33).map(({ body }) => body.toString()));
    const peeked = await peekTopic(topics.config(topic), { from: 'end', limit: 5 });
    expect(peeked.messages.map(({ offset }) => offset)).toEqual([95, 96, 97, 98, 99]);
  });
});
