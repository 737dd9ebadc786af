import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentOf, messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { byName, mapped, records } from '../../unit/rocketmq/records.ts';
import { Topics } from './topics.ts';

describe('records through a real RocketMQ', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  it('arrive byte for byte, in order', async () => {
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic);
    const sent = fc.sample(records, 3_000);
    await producer.send(
      0,
      sent.map((record) => recordToMessage('orders', record)),
      Date.now() + 60_000,
    );
    const [stored = []] = await topics.admin.readTopic(topic);
    const arrived = stored.map(({ body, properties }) => messageToRecord(contentOf(body, properties)));
    expect(arrived.map(byName)).toEqual(sent.map((record) => byName(mapped('orders', record))));
  });
});
