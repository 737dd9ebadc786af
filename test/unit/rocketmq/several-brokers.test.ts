import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';
import { bodiesOf, message } from './decode-body.ts';
import { FakeRocketmq, routeTo } from './fake-rocketmq.ts';

const within = (ms: number): number => Date.now() + ms;

describe('a topic on several brokers', () => {
  let namesrv: FakeRocketmq;
  let a: FakeRocketmq;
  let b: FakeRocketmq;

  beforeEach(async () => {
    [namesrv, a, b] = await Promise.all([FakeRocketmq.start(), FakeRocketmq.start(), FakeRocketmq.start()]);
  });

  afterEach(async () => {
    for (const server of [namesrv, a, b]) await server[Symbol.asyncDispose]();
  });

  const open = (endpoints = namesrv.address) =>
    openProducer({ endpoints, topic: 'orders', namespace: '', tls: false, requestTimeoutMs: 500 }, silentLogger);

  it('has the queues of all that may be written, numbered by broker name and queue', async () => {
    namesrv.route = () =>
      routeTo({
        'broker-b': { address: b.address, queues: 1 },
        'broker-c': { address: b.address, queues: 4, perm: 4 },
        'broker-a': { address: a.address, queues: 2 },
      });
    const producer = await open();
    expect(producer.queues).toBe(3);
    await Promise.all([0, 1, 2].map((queue) => producer.send(queue, [message(`to ${queue}`)], within(60_000))));
    await producer.close();
    const seen = (server: FakeRocketmq) => server.sends.map(({ fields, body }) => [fields.n, fields.e, ...bodiesOf(body)]).sort();
    expect(seen(a)).toEqual([
      ['broker-a', '0', 'to 0'],
      ['broker-a', '1', 'to 1'],
    ]);
    expect(seen(b)).toEqual([['broker-b', '0', 'to 2']]);
  });

  it('does not open while one of them has no master', async () => {
    namesrv.route = () => routeTo({ 'broker-a': { address: a.address, queues: 2 }, 'broker-b': { queues: 1 } });
    await expect(open()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringContaining('broker-b'),
    });
  });

  it.each([
    ['of a topic that may only be read', { code: 0, body: '{"perm":4}' }, { code: 'FORBIDDEN', retriable: false }],
    ['of a broker that is set read-only for a while', { code: 0, body: '{"perm":6}' }, { code: 'THROTTLED', retriable: true }],
    ['where the broker does not tell which of the two', { code: 16, body: '' }, { code: 'FORBIDDEN', retriable: true }],
  ])('does not open without a queue that may be written, and says for how long: %s', async (_, topicConfig, error) => {
    namesrv.route = () => routeTo({ 'broker-a': { address: a.address, queues: 2, perm: 4 } });
    a.topicConfig = topicConfig;
    await expect(open()).rejects.toMatchObject(error);
  });

  it('waits for a master that is gone, while other queues go on', async () => {
    const whole = routeTo({ 'broker-a': { address: a.address, queues: 1 }, 'broker-b': { address: b.address, queues: 1 } });
    namesrv.route = () => whole;
    const producer = await open();
    b.onSend = (index) => {
      if (index === 0) namesrv.route = () => routeTo({ 'broker-a': { address: a.address, queues: 1 }, 'broker-b': { queues: 1 } });
      return index === 0 ? 'hang up' : { code: 0 };
    };
    const waiting = producer.send(1, [message('b')], within(60_000));
    while (b.sends.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let round = 0; round < 5; round += 1) {
      await producer.send(0, [message('a')], within(60_000));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(b.sends).toHaveLength(1);
    namesrv.route = () => whole;
    await waiting;
    await producer.close();
    expect(a.sends).toHaveLength(5);
  });

  it('asks the next endpoint where one does not answer', async () => {
    namesrv.route = () => routeTo({ 'broker-a': { address: a.address, queues: 1 } });
    a.route = () => ({});
    const producer = await open(`127.0.0.1:1;${namesrv.address}`);
    await producer.close();
  });

  it('uses the whole name of a topic in a namespace', async () => {
    const config = { endpoints: a.address, topic: 'orders', namespace: 'shop', tls: false, requestTimeoutMs: 500 };
    const producer = await openProducer(config, silentLogger);
    await producer.send(0, [message('a')], within(60_000));
    await producer.close();
    expect(a.sends[0]?.fields.b).toBe('shop%orders');
  });
});
