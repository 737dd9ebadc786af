import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceRecord } from '../../../src/api/index.ts';
import { peekTopic } from '../../../src/rocketmq/peek-topic.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import type { TopicProducer } from '../../../src/rocketmq/types.ts';
import { Topics } from './topics.ts';

const record = (id: number, parts: Partial<SourceRecord> = {}): SourceRecord => ({
  partition: 'f-0',
  id: String(id),
  position: String(id + 1),
  key: null,
  value: Buffer.from(`value ${id}`),
  headers: [],
  ...parts,
});

describe('a look into a topic', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  /** Returns when they can be read. */
  const send = async (topic: string, queue: number, ...records: SourceRecord[]) => {
    const messages = records.map((each) => recordToMessage('flights', each));
    await (await producer(topic)).send(queue, messages, Date.now() + 30_000);
    await topics.admin.dispatched();
  };
  const producers = new Map<string, Promise<TopicProducer>>();
  const producer = (topic: string) => {
    const open = producers.get(topic) ?? topics.producer(topic);
    producers.set(topic, open);
    return open;
  };
  /** Two queues, with records 0 to 59 by turns: more of each than a broker gives at once. */
  const filled = async () => {
    const topic = await topics.create({ queues: 2 });
    const all = Array.from({ length: 60 }, (_, id) => record(id));
    for (const queue of [0, 1]) await send(topic, queue, ...all.filter((_, id) => id % 2 === queue));
    return { topic, config: topics.config(topic) };
  };
  const ids = ({ messages }: Awaited<ReturnType<typeof peekTopic>>) =>
    messages.map(({ sourceKey }) => Number(sourceKey?.split('/').at(-1)));

  it('shows a record as its source had it', async () => {
    const topic = await topics.create({ queues: 1 });
    const time = Date.parse('2030-12-24T18:00:00Z');
    const headers = [
      { name: 'h', value: Buffer.from('1') },
      { name: 'n', value: null },
    ];
    await send(
      topic,
      0,
      record(7, { key: Buffer.from('k'), headers, timestamp: time }),
      record(8, { value: Buffer.from([0xff]) }),
      record(9, { value: null }),
    );
    const { messages } = await peekTopic(topics.config(topic), { from: 'start', limit: 10 });
    expect(messages).toMatchObject([
      {
        queue: 0,
        offset: 0,
        storedAt: expect.stringMatching(/Z$/),
        sourceKey: 'flights/f-0/7',
        key: 'k',
        value: 'value 7',
        headers: expect.arrayContaining([
          { name: 'h', value: '1' },
          { name: 'n', value: null },
        ]),
        timestamp: '2030-12-24T18:00:00.000Z',
      },
      { offset: 1, value: { base64: '/w==' } },
      { offset: 2, value: null },
    ]);
  });

  it('says where an answer can not hold all that was asked for, and shows the newest of large messages', async () => {
    const topic = await topics.create({ queues: 1 });
    const config = topics.config(topic);
    for (let id = 0; id < 60; id += 1) await send(topic, 0, record(id, { value: Buffer.alloc(100_000) }));
    const newest = await peekTopic(config, { from: 'end', limit: 60 });
    expect(newest.isCut).toBe(true);
    expect(ids(newest)).toEqual(Array.from({ length: newest.messages.length }, (_, index) => 60 - newest.messages.length + index));
    expect(await peekTopic(config, { from: 'end', limit: 10 })).toMatchObject({ isCut: false });
    const first = await peekTopic(config, { from: 'start', limit: 60 });
    const second = await peekTopic(config, { from: 'start', limit: 60, cursor: first.cursor });
    expect([first.isCut, second.isCut]).toEqual([true, false]);
    expect([...ids(first), ...ids(second)]).toEqual(Array.from({ length: 60 }, (_, id) => id));
  });

  it('begins at either end, ends at its limit, and goes on behind it', async () => {
    const { topic, config } = await filled();
    const all = Array.from({ length: 60 }, (_, id) => id);
    expect(ids(await peekTopic(config, { from: 'start', limit: 1_000 })).sort((a, b) => a - b)).toEqual(all);
    expect(ids(await peekTopic(config, { from: 'end', limit: 1_000 })).sort((a, b) => a - b)).toEqual(all);
    const seen: number[] = [];
    let cursor = {};
    for (let looks = 0; looks < 7; looks += 1) {
      const look = await peekTopic(config, { from: 'start', limit: 9, cursor });
      seen.push(...ids(look));
      cursor = look.cursor;
    }
    expect(seen.sort((a, b) => a - b)).toEqual(all);
    const newest = await peekTopic(config, { from: 'end', limit: 3 });
    expect(newest.messages).toHaveLength(3);
    expect((await peekTopic(config, { from: 'end', limit: 3, cursor: newest.cursor })).messages).toEqual([]);
    await send(topic, 1, record(60));
    expect(ids(await peekTopic(config, { from: 'end', limit: 3, cursor: newest.cursor }))).toEqual([60]);
  });

  it('begins at a time', async () => {
    const { topic, config } = await filled();
    const { messages } = await peekTopic(config, { from: 'end', limit: 1 });
    const later = Date.parse(messages[0]?.storedAt as string) + 1;
    while (Date.now() <= later) await new Promise((resolve) => setTimeout(resolve, 1));
    await send(topic, 0, record(60));
    expect(ids(await peekTopic(config, { from: later, limit: 10 }))).toEqual([60]);
    expect(ids(await peekTopic(config, { from: 0, limit: 1_000 }))).toHaveLength(61);
  });

  it('says which topic is not there', async () => {
    await expect(peekTopic(topics.config('nowhere'), { from: 'end', limit: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('nowhere'),
    });
  });
});
