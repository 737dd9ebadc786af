import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PopConsumer, type PopOptions, type ReceivedMessage } from '../../../src/rocketmq/pop-consumer.ts';
import { messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { uniqueName } from '../../support/names.ts';
import { sourceRecord } from '../../unit/rocketmq/records.ts';
import { Topics } from './topics.ts';

const IDLE_MS = 1_000;

describe('the POP consumer', () => {
  let topics: Topics;
  const consumers: PopConsumer[] = [];

  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(async () => {
    for (const consumer of consumers) consumer.close();
    await topics[Symbol.asyncDispose]();
  });

  async function open(topic: string, given: Partial<PopOptions> = {}): Promise<PopConsumer> {
    const consumer = await PopConsumer.open(topics.config(topic), { group: uniqueName('pop'), ...given });
    consumers.push(consumer);
    return consumer;
  }

  async function fill(queues: number, perQueue: number): Promise<string> {
    const topic = await topics.create({ queues });
    const producer = await topics.producer(topic);
    for (let queue = 0; queue < queues; queue += 1) {
      const records = Array.from({ length: perQueue }, (_, id) =>
        sourceRecord({ partition: `p-${queue}`, id: String(id), key: Buffer.from('k') }),
      );
      await producer.send(
        queue,
        records.map((record) => recordToMessage('shop', record)),
        Date.now() + 20_000,
      );
    }
    await topics.admin.topicStats(topic);
    return topic;
  }

  async function drain(consumer: PopConsumer, each: (messages: ReceivedMessage[]) => Promise<void> | void): Promise<ReceivedMessage[]> {
    const all: ReceivedMessage[] = [];
    for await (const messages of consumer.batches(IDLE_MS)) {
      all.push(...messages);
      await each(messages);
    }
    return all;
  }

  it('receives everything, in order per queue, as the records that were sent', async () => {
    const topic = await fill(4, 500);
    const consumer = await open(topic);
    const received = await drain(consumer, (messages) => consumer.ack(messages));
    expect(received).toHaveLength(2_000);
    const byQueue = Map.groupBy(received, ({ receipt }) => receipt.queue);
    for (const [queue, messages] of byQueue) {
      const records = messages.map((message) => messageToRecord(message));
      expect(records.map(({ sourceKey }) => sourceKey)).toEqual(Array.from({ length: 500 }, (_, id) => `shop/p-${queue}/${id}`));
      expect(records[0]).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('v'), headers: [], timestamp: 0 });
    }
  });

  it('receives again what was not acknowledged, and only that, in any number of rounds', async () => {
    const topic = await fill(2, 100);
    const group = uniqueName('pop');
    const odd = ({ receipt }: ReceivedMessage) => receipt.offset % 2 === 1;
    const keyOf = (message: ReceivedMessage) => messageToRecord(message).sourceKey;
    const first = await open(topic, { group, invisibleMs: 5_000 });
    const before = await drain(first, (messages) => first.ack(messages.filter(odd)));
    const due = before.filter((message) => !odd(message)).map(keyOf);
    expect(due).toHaveLength(100);

    const second = await open(topic, { group, invisibleMs: 5_000 });
    const again: ReceivedMessage[] = [];
    for (const deadline = Date.now() + 40_000; again.length < due.length && Date.now() < deadline; await sleep(200)) {
      again.push(...(await drain(second, (messages) => second.ack(messages))));
    }
    expect(again.map(keyOf).sort()).toEqual(due.sort());
    await sleep(6_500);
    expect(await drain(second, () => {})).toEqual([]);
  }, 90_000);

  it('ends after the idle time on an empty topic', async () => {
    const consumer = await open(await topics.create({ queues: 2 }));
    const startedAt = Date.now();
    expect(await drain(consumer, () => {})).toEqual([]);
    expect(Date.now() - startedAt).toBeLessThan(IDLE_MS + 1_000);
  });

  it('does not open on a topic that does not exist', async () => {
    await expect(open('no-such-topic')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
