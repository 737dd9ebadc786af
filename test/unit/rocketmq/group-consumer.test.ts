import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GroupConsumer } from '../../../src/rocketmq/group-consumer.ts';
import type { GrpcConsumer, Received } from '../../../src/rocketmq/grpc/consumer/grpc-consumer.ts';

const INVISIBLE_MS = 60_000;
/** More than half of the time that RocketMQ gives, so that a renewal is due when the answer is here. */
const SLOW_MS = 0.7 * INVISIBLE_MS;

/** What a network carries slowly is scripted: a real one would take a minute. */
describe('a consumer of a group whose answer is long on its way', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks for more time before the time is over that RocketMQ counts from when it gave the message away', async () => {
    const begun = Date.now();
    const renewals: number[] = [];
    const consumer = {
      receive: () => new Promise((resolve) => setTimeout(() => resolve([received]), SLOW_MS)),
      setInvisible: async () => {
        renewals.push(Date.now() - begun);
        return 'handle';
      },
      close: async () => {},
    } as unknown as GrpcConsumer;
    const queues = new GroupConsumer(consumer, { group: 'group', topics: new Map([['topic', 'topic']]), invisibleMs: INVISIBLE_MS });

    const answer = queues.receive(0, 1, new AbortController().signal);
    await jest.advanceTimersByTimeAsync(SLOW_MS);
    expect(await answer).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(INVISIBLE_MS);
    expect(renewals[0]).toBeLessThan(INVISIBLE_MS);
    await queues.close();
  });
});

const received = {
  topic: 'topic',
  broker: 'broker-a',
  wire: { userProperties: {}, systemProperties: null, body: Buffer.from('a') },
  endpoints: { facade: 'proxy:8081' },
} as unknown as Received;
