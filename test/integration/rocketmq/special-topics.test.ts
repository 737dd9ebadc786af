import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import { type OutgoingMessage, RefusedError } from '../../../src/rocketmq/types.ts';
import { Topics } from './topics.ts';

jest.setTimeout(900_000);

const DAY = 24 * 60 * 60 * 1_000;
/** The broker delivers to the second, and rounds down (timerPrecisionMs). */
const PRECISION_MS = 1_000;

const within = (ms: number): number => Date.now() + ms;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const numberOf = ({ body }: { readonly body: Buffer }): number => Number(body.toString());

const numbered = (count: number, given: (index: number) => Partial<OutgoingMessage>): OutgoingMessage[] =>
  upTo(count).map((index) => ({
    body: Buffer.from(String(index)),
    keys: [`test/p/${index}`, 'größe'],
    properties: new Map([['number', String(index)]]),
    tag: index % 2 === 0 ? 'even' : 'odd',
    ...given(index),
  }));

describe('sending to a FIFO topic', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  it('keeps the order of the queue over many requests, and the group, tag, keys and properties of each message', async () => {
    const topic = await topics.create({ queues: 2, messageType: 'FIFO' });
    const producer = await topics.producer(topic);
    expect([producer.topicType, producer.queues]).toEqual(['FIFO', 2]);
    const messages = numbered(5_000, (index) => ({ group: `group ${(index * index) % 7} €` }));
    await Promise.all([
      producer.send(1, messages.slice(0, 3_000), within(120_000)),
      producer.send(1, messages.slice(3_000), within(120_000)),
    ]);
    const [, stored = []] = await topics.admin.readTopic(topic);
    const seen = stored.map((message) => [
      numberOf(message),
      ...['__SHARDINGKEY', 'TAGS', 'KEYS', 'number'].map((name) => message.properties.get(name)),
    ]);
    expect(seen).toEqual(messages.map(({ group, tag, keys }, index) => [index, group, tag, keys.join(' '), String(index)]));
  });

  it('names a message without a group, with those before it stored and none behind it', async () => {
    const topic = await topics.create({ queues: 1, messageType: 'FIFO' });
    const producer = await topics.producer(topic);
    const messages = numbered(10, (index) => (index === 6 ? {} : { group: 'g' }));
    expect(producer.problem(messages[6] as OutgoingMessage)).toBe('it has no message group, which a FIFO topic needs');
    await expect(producer.send(0, messages, within(120_000))).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 6 });
    const [stored = []] = await topics.admin.readTopic(topic);
    expect(stored.map(numberOf)).toEqual(upTo(6));
  });
});

describe('sending to a DELAY topic', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  async function delivered(topic: string, count: number): Promise<StoredMessage[]> {
    for (;;) {
      const stored = (await topics.admin.readTopic(topic)).flat();
      if (stored.length >= count) return stored;
      await sleep(100);
    }
  }

  it('delivers each message once, not before its time, with its tag, keys and properties', async () => {
    const topic = await topics.create({ queues: 2, messageType: 'DELAY' });
    const producer = await topics.producer(topic, { deliverAfter: '1s' });
    expect(producer.topicType).toBe('DELAY');
    const start = Date.now();
    const messages = numbered(300, (index) => ({ deliverAt: start + (index % 5) * 1_000 }));
    await Promise.all([0, 1].map((queue) => producer.send(queue, messages.slice(150 * queue, 150 * (queue + 1)), within(120_000))));
    const stored = (await delivered(topic, 300)).sort((a, b) => numberOf(a) - numberOf(b));
    expect(stored.map(numberOf)).toEqual(upTo(300));
    for (const { storedAt, properties } of stored)
      expect(storedAt).toBeGreaterThanOrEqual(Number(properties.get('TIMER_DELIVER_MS')) - PRECISION_MS);
    expect(
      stored.map(({ queue, properties }) => [queue, ...['TIMER_DELIVER_MS', 'TAGS', 'KEYS', 'number'].map((name) => properties.get(name))]),
    ).toEqual(
      messages.map(({ tag, keys, deliverAt }, index) => [index < 150 ? 0 : 1, String(deliverAt), tag, keys.join(' '), String(index)]),
    );
  });

  it('names the first message that RocketMQ does not keep that long, and which of those behind it are stored', async () => {
    const topic = await topics.create({ queues: 1, messageType: 'DELAY' });
    const producer = await topics.producer(topic, { deliverAtHeader: 'at' });
    const tooLate = within(30 * DAY);
    const messages = numbered(200, (index) => ({ deliverAt: index === 40 || index === 45 ? tooLate : 0 }));
    const refusal = await producer.send(0, messages, within(120_000)).catch((error: unknown) => error as RefusedError);
    expect(refusal).toBeInstanceOf(RefusedError);
    const { index, message, stored } = refusal as RefusedError;
    expect(index).toBe(40);
    expect(message).toContain(`RocketMQ keeps no message until ${new Date(tooLate).toISOString()}`);
    expect(message).toContain('timerMaxDelaySec');
    const there = (await topics.admin.readTopic(topic)).flat().map(numberOf);
    expect(there.sort((a, b) => a - b)).toEqual([...upTo(40), ...stored].sort((a, b) => a - b));
  });

  it('keeps a message whose properties are as large as it allows, and names one that is larger', async () => {
    const topic = await topics.create({ queues: 1, messageType: 'DELAY' });
    const producer = await topics.producer(topic, { deliverAfter: '1s' });
    const sized = (bytes: number) => ({
      ...(numbered(1, () => ({ keys: [], deliverAt: within(1_500) }))[0] as OutgoingMessage),
      properties: new Map([['n', 'x'.repeat(bytes)]]),
    });
    const room = 32_767 - 1_024 - 'TAGS.even.n..'.length;
    expect(producer.problem(sized(room))).toBeUndefined();
    expect(producer.problem(sized(room + 1))).toContain('RocketMQ stores at most 31743');
    await producer.send(0, [sized(room)], within(120_000));
    expect((await delivered(topic, 1)).map(({ properties }) => properties.get('n')?.length)).toEqual([room]);
  });
});
