import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_PROPERTIES_BYTES, problem } from '../../../src/rocketmq/limits.ts';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import { sendRequest } from '../../../src/rocketmq/send-request.ts';
import { findRoute, masterOf, type TopicQueue } from '../../../src/rocketmq/topic-route.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';
import { Topics } from './topics.ts';

const message = (given: Partial<OutgoingMessage>): OutgoingMessage => ({
  body: Buffer.from('v'),
  keys: ['c/p/1'],
  properties: new Map(),
  ...given,
});
const withProperty = (name: string, value: string) => message({ properties: new Map([[name, value]]) });
/** The length of `KEYS`, `c/p/1`, the name `n`, and four separators. */
const longest = 'x'.repeat(MAX_PROPERTIES_BYTES - 14);
const largest = Buffer.alloc(MAX_BODY_BYTES - 22 - 11, 'x');

/** As `encodeBody`, but of what may not be sent. */
function unchecked({ body, keys, properties }: OutgoingMessage): Buffer {
  const text = Buffer.from([['KEYS', keys.join(' ')], ...properties].map(([name, value]) => `${name}\u0001${value}\u0002`).join(''));
  const encoded = Buffer.concat([Buffer.alloc(20), body, Buffer.alloc(2), text]);
  encoded.writeInt32BE(encoded.length, 0);
  encoded.writeInt32BE(body.length, 16);
  encoded.writeUInt16BE(text.length, 20 + body.length);
  return encoded;
}

describe("RocketMQ's limits", () => {
  let topics: Topics;
  let topic: string;
  let queue: TopicQueue;
  let address: string;
  const client = new RemotingClient({});

  beforeAll(async () => {
    topics = await Topics.open();
    topic = await topics.create({ queues: 1 });
    const route = await findRoute(client, topics.namesrv, topic, 20_000);
    queue = route.writable[0] as TopicQueue;
    address = masterOf(route, queue.broker);
  });

  afterAll(async () => {
    client.close();
    await topics[Symbol.asyncDispose]();
  });

  const sendUnchecked = (given: OutgoingMessage) => client.request(address, sendRequest(topic, queue, unchecked(given)), 20_000);

  it.each([
    ['many properties', message({ properties: new Map(Array.from({ length: 1_000 }, (_, index) => [`p${index}`, 'v'])) })],
    ['a long name', withProperty('n'.repeat(10_000), 'v')],
    ['properties of 32,767 bytes', withProperty('n', longest)],
    ['many keys', message({ keys: Array.from({ length: 500 }, (_, index) => `key/${index}`) })],
    ['text in any script', withProperty('größe', 'größer 大 😀')],
    ['spaces, tabs and line breaks', withProperty(' n ', ' a\tb\r\nc ')],
    ['the largest body', message({ body: largest })],
  ])('are kept by %s, which arrives as it was sent', async (_, given) => {
    expect(problem(given)).toBeUndefined();
    const answer = await sendUnchecked(given);
    expect(answer).toMatchObject({ code: 0, fields: { queueId: '0' } });
    const offset = Number(answer.fields.queueOffset);
    const stored = (await topics.admin.readTopic(topic))[0]?.[offset];
    expect(stored?.body.equals(given.body)).toBe(true);
    expect(stored?.properties).toEqual(new Map([['KEYS', given.keys.join(' ')], ...given.properties]));
  });

  it.each([
    ['properties of 32,768 bytes', withProperty('n', `${longest}x`)],
    ['a body that is one byte too large', message({ body: Buffer.concat([largest, Buffer.alloc(1)]) })],
  ])('are passed by %s: refused by the broker', async (_, given) => {
    expect(problem(given)).toBeDefined();
    expect((await sendUnchecked(given)).code).not.toBe(0);
  });

  it.each([
    ['an empty value', withProperty('n', '')],
    ['an empty name', withProperty('', 'v')],
    ['a separator in a value', withProperty('n', 'v\u0002w')],
    ['a separator in a name', withProperty('n\u0001m', 'v')],
  ])('are passed by a property with %s: the broker takes it, and no consumer finds it', async (_, given) => {
    expect(problem(given)).toBeDefined();
    const answer = await sendUnchecked(given);
    const offset = Number(answer.fields.queueOffset);
    const stored = (await topics.admin.readTopic(topic))[0]?.[offset];
    expect(stored?.properties).not.toEqual(new Map([['KEYS', 'c/p/1'], ...given.properties]));
  });
});
