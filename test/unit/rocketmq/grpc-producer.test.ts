import { setTimeout as sleep } from 'node:timers/promises';
import { status as grpcStatus } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import type { OutgoingMessage, RefusedError, RocketmqConfig, TopicProducer } from '../../../src/rocketmq/types.ts';
import { openProducer } from '../../../src/transport/open-producer.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { message } from './decode-body.ts';
import { FakeGrpcProxy, type Reaction, stored } from './fake-grpc-proxy.ts';

const within = (ms: number): number => Date.now() + ms;
const failsOnce =
  (reaction: Reaction) =>
  (index: number): Reaction =>
    index === 0 ? reaction : stored;
const grouped = (body: string): OutgoingMessage => ({ ...message(body), group: 'group' });

describe('a producer over gRPC whose proxy has difficulties', () => {
  let proxy: FakeGrpcProxy;
  const opened: TopicProducer[] = [];

  beforeEach(async () => {
    proxy = await FakeGrpcProxy.start();
  });
  afterEach(async () => {
    for (const producer of opened.splice(0)) await producer.close();
    await proxy[Symbol.asyncDispose]();
  });

  /** The time limit is long for a busy machine, and short where a test waits for it. */
  async function open(requestTimeoutMs = 20_000, given: Partial<RocketmqConfig> = {}): Promise<TopicProducer> {
    const order = proxy.messageType === 'NORMAL' ? 'none' : 'partition';
    const config: RocketmqConfig = {
      protocol: 'grpc',
      order,
      endpoints: proxy.address,
      topic: 'orders',
      namespace: '',
      tls: false,
      requestTimeoutMs,
      ...given,
    };
    const producer = await openProducer(config, silentLogger);
    opened.push(producer);
    return producer;
  }

  it.each([
    ['has too many requests', { code: 42_900, message: 'too many requests' }],
    ['fails for a reason of its own', { code: 50_001, message: 'store putMessage return null' }],
    ['answers with a code that is not known', { code: 4711 }],
  ])('sends the request again when the proxy %s', async (_, reaction) => {
    proxy.onSend = failsOnce(reaction);
    const producer = await open();
    await producer.send(0, [message('a'), message('b')], within(60_000));
    await producer.send(0, [message('c')], within(60_000));
    expect(proxy.sends).toEqual([['a', 'b'], ['a', 'b'], ['c']]);
  });

  it('says THROTTLED where the proxy has too many requests until the deadline, and sends nothing behind it', async () => {
    proxy.onSend = () => ({ code: 42_900, message: 'too many requests' });
    const producer = await open();
    const [first, second] = await Promise.allSettled([
      producer.send(0, [message('a')], within(2_000)),
      producer.send(0, [message('b')], within(60_000)),
    ]);
    expect(first).toMatchObject({ reason: { code: 'THROTTLED', retriable: true } });
    expect(second).toMatchObject({ reason: { code: 'INTERRUPTED', retriable: true } });
    expect(proxy.sends.flat()).not.toContain('b');
  });

  it('halves a request that is refused until the message at fault is alone', async () => {
    proxy.onSend = (_, bodies) => (bodies.includes('bad') ? { code: 40_007, message: 'illegal property' } : stored);
    const producer = await open();
    const messages = ['a', 'b', 'bad', 'c'].map(message);
    await expect(producer.send(0, messages, within(60_000))).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 2 });
    expect(proxy.sends).toEqual([['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad']]);
  });

  it.each([
    {
      limit: 'the proxy for times of delivery',
      answer: { code: 40_012, message: 'the max delay time of message is too large, max is 86400000' },
      words: ['max is 86400000', 'header deliver-at (rocketmq.deliverAtHeader) or rocketmq.deliverAfter', 'maxDelayTimeMills'],
    },
    {
      limit: 'the broker behind it for times of delivery',
      answer: { code: 50_001, message: 'timer message illegal, the delay time should not be bigger than the max delay 259200000ms' },
      words: ['max delay 259200000ms', 'rocketmq.deliverAfter', 'timerMaxDelaySec'],
    },
    {
      limit: 'the proxy for properties',
      answer: { code: 43_101, message: 'the total size of user property is too large, max is 16384' },
      words: ['max is 16384', 'maxUserPropertySize', 'userPropertyMaxNum'],
    },
    {
      limit: 'the broker behind it for properties',
      answer: {
        code: 50_001,
        message:
          'the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB.',
      },
      words: ['msg properties length limit 32KB'],
    },
  ])('refuses a message beyond a limit of $limit, once, and says what to do', async ({ answer, words }) => {
    proxy.messageType = 'DELAY';
    proxy.onSend = (_, bodies) => (bodies.includes('far') ? answer : stored);
    const producer = await open(20_000, { deliverAtHeader: 'deliver-at', deliverAfter: '1 day' });
    const messages = ['near', 'far', 'behind'].map((body) => ({ ...message(body), deliverAt: 0 }));
    const error = await producer.send(0, messages, within(60_000)).catch((reason: unknown) => reason as RefusedError);
    expect(error).toMatchObject({ code: 'RECORD_REFUSED', index: 1 });
    for (const word of words) expect(error?.message).toContain(word);
    expect(proxy.sends).toEqual([['near'], ['far']]);
  });

  it('sends the next message of a group only after a late answer to the one before, which it does not repeat', async () => {
    proxy.messageType = 'FIFO';
    const late = Promise.withResolvers<Reaction>();
    const arrived = Promise.withResolvers<void>();
    proxy.onSend = (index) => {
      if (index > 0) return stored;
      arrived.resolve();
      return late.promise;
    };
    const producer = await open(3_000);
    const asked = proxy.routes;
    const sending = producer.send(0, [grouped('a'), grouped('b')], within(120_000));
    await arrived.promise;
    // The producer has waited in vain once it asks whether the proxy is alive.
    while (proxy.routes === asked) await sleep(10);
    expect(proxy.sends).toEqual([['a']]);
    late.resolve(stored);
    await sending;
    expect(proxy.sends).toEqual([['a'], ['b']]);
  });

  it('sends a message of a group again once the answer to it is given up', async () => {
    proxy.messageType = 'FIFO';
    proxy.onSend = failsOnce('silence');
    const producer = await open(1_000);
    await producer.send(0, [grouped('a'), grouped('b')], within(120_000));
    expect(proxy.sends).toEqual([['a'], ['a'], ['b']]);
  });

  it('gives up a proxy that answers nothing any more, long before the deadline, in all lanes', async () => {
    await using network = await TcpProxy.start(proxy.address);
    proxy.routed = network.address;
    const producer = await open(1_000);
    network.set({ swallow: true }, 'answer');
    const silent = { code: 'TIMEOUT', retriable: true, message: expect.stringMatching(/^rocketmq.endpoints: /) };
    const sends = [0, 1, 2].map((lane) => producer.send(lane, [message(String(lane))], within(3_600_000)));
    for (const end of await Promise.allSettled(sends)) expect(end).toMatchObject({ reason: silent });
    // Nothing was sent twice: the proxy may still store what it has.
    expect(proxy.sends.flat().sort()).toEqual(['0', '1', '2']);
  });

  it('gives up a proxy that can not be reached any more, long before the deadline', async () => {
    const producer = await open(1_000);
    await proxy[Symbol.asyncDispose]();
    const gone = { code: 'UNREACHABLE', retriable: true, message: expect.stringMatching(/^rocketmq.endpoints: /) };
    await expect(producer.send(0, [message('a')], within(3_600_000))).rejects.toMatchObject(gone);
  });

  it('does not give up a proxy that answers, though it takes nothing for longer than a silent one is waited for', async () => {
    // Pauses between the requests grow to more than ten times the limit of one request, all together.
    proxy.onSend = (index) => (index < 8 ? { code: 42_900, message: 'too many requests' } : stored);
    const producer = await open(200);
    await producer.send(0, [message('a')], within(600_000));
    expect(proxy.sends).toHaveLength(9);
  });

  it('sends a large request once over a slow network, which takes it for longer than a silent proxy is waited for', async () => {
    await using network = await TcpProxy.start(proxy.address);
    proxy.routed = network.address;
    const producer = await open(500);
    network.set({ bytesPerSecond: 500_000 }, 'request');
    await producer.send(0, [message('a'.repeat(4_000_000))], within(600_000));
    expect(proxy.sends.map((bodies) => bodies.map(({ length }) => length))).toEqual([[4_000_000]]);
  });

  it('does not give up a gateway that throttles by a status of gRPC for longer than a silent one is waited for', async () => {
    proxy.onSend = (index) => (index < 8 ? { grpc: grpcStatus.RESOURCE_EXHAUSTED } : stored);
    const producer = await open(200);
    await producer.send(0, [message('a')], within(600_000));
    expect(proxy.sends).toHaveLength(9);
  });

  it('does not open where the proxy never sends settings, and leaves no stream', async () => {
    proxy.answersTelemetry = false;
    await expect(open(1_000)).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    while (proxy.streams > 0) await sleep(10);
  });
});
