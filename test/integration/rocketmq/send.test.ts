import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';
import { Child } from '../../support/child-process.ts';
import { Topics } from './topics.ts';

const within = (ms: number): number => Date.now() + ms;
const numbered = (from: number, count: number, bytes = 0): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    body: Buffer.concat([Buffer.from(`${from + index}:`), Buffer.alloc(bytes)]),
    keys: [`test/p/${from + index}`],
    properties: new Map([['connect-timestamp', '0']]),
  }));
const numberOf = (body: Buffer): number => Number.parseInt(body.toString('latin1', 0, 10), 10);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('sending to a real RocketMQ', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  it('puts messages into the queue that is named, in the order of sending, over many requests and calls', async () => {
    const topic = await topics.create({ queues: 4 });
    const producer = await topics.producer(topic);
    expect(producer.queues).toBe(4);
    await Promise.all(
      [0, 1, 2, 3].flatMap((queue) => upTo(10).map((call) => producer.send(queue, numbered(call * 2_500, 2_500), within(60_000)))),
    );
    const queues = await topics.admin.readTopic(topic);
    for (const messages of queues) expect(messages.map(({ body }) => numberOf(body))).toEqual(upTo(25_000));
  });

  it('cuts requests at 4 MiB', async () => {
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic);
    await producer.send(0, numbered(0, 30, 700_000), within(60_000));
    const [messages = []] = await topics.admin.readTopic(topic);
    expect(messages.map(({ body }) => numberOf(body))).toEqual(upTo(30));
    expect(messages.every(({ body }) => body.length > 700_000)).toBe(true);
  });

  it('takes a message of 4 MiB, and names one that is larger', async () => {
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic);
    const [small, , largest, tooLarge] = numbered(0, 4) as [OutgoingMessage, OutgoingMessage, OutgoingMessage, OutgoingMessage];
    const room = MAX_BODY_BYTES - 22 - 'KEYS.test/p/2.connect-timestamp.0.'.length;
    const messages = [
      small,
      { ...largest, body: Buffer.alloc(room, 'l') },
      { ...tooLarge, body: Buffer.alloc(room + 1) },
      ...numbered(4, 2),
    ];
    expect(messages.map((message) => producer.problem(message) === undefined)).toEqual([true, true, false, true, true]);
    await expect(producer.send(0, messages, within(60_000))).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 2 });
    const [stored = []] = await topics.admin.readTopic(topic);
    expect(stored.map(({ body }) => body.length)).toEqual([small.body.length, room]);
  });

  it('shares one topic between producers', async () => {
    const topic = await topics.create({ queues: 2 });
    const producers = await Promise.all([topics.producer(topic), topics.producer(topic)]);
    await Promise.all(producers.map((producer, index) => producer.send(1, numbered(index * 10_000, 10_000), within(60_000))));
    const [, messages = []] = await topics.admin.readTopic(topic);
    const numbers = messages.map(({ body }) => numberOf(body));
    expect(numbers.filter((number) => number < 10_000)).toEqual(upTo(10_000));
    expect(numbers.filter((number) => number >= 10_000)).toEqual(upTo(10_000).map((number) => number + 10_000));
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    const topic = await topics.create({ queues: 1 });
    await using child = new Child(path.join(import.meta.dirname, 'send-once.ts'), [topics.namesrv, topic]);
    await child.line(/closed/);
    await expect(child.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it('knows no queue beyond the last', async () => {
    const producer = await topics.producer(await topics.create({ queues: 1 }));
    await expect(producer.send(1, numbered(0, 1), within(1_000))).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
