import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from './topics.ts';

describe('checking a topic', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  /** The one finding, which opening a producer must agree with. */
  async function finding(config: RocketmqConfig) {
    const findings = await checkTopic(config, silentLogger);
    await expect(openProducer(config, silentLogger)).rejects.toMatchObject({ code: findings[0]?.code });
    expect(findings).toHaveLength(1);
    return findings[0];
  }

  it('finds nothing about a topic for plain messages, and stores nothing', async () => {
    const topic = await topics.create({ queues: 2 });
    await expect(checkTopic(topics.config(topic), silentLogger)).resolves.toEqual([]);
    await topics.producer(topic);
    expect(await topics.admin.topicStats(topic)).toEqual([
      { queue: 0, min: 0, max: 0 },
      { queue: 1, min: 0, max: 0 },
    ]);
  });

  it('finds a topic that does not exist, and does not create it', async () => {
    expect(await finding(topics.config('no-such-topic'))).toEqual({
      level: 'error',
      code: 'NOT_FOUND',
      option: 'rocketmq.topic',
      message: `${topics.namesrv} knows no running broker with topic no-such-topic`,
      remedy: 'create it: mqadmin updateTopic -n <name server> -c <cluster> -t no-such-topic -r 8 -w 8',
    });
    await expect(topics.admin.topicStats('no-such-topic')).resolves.toBeUndefined();
  });

  it('offers the topic that is meant, in the same namespace', async () => {
    const topic = await topics.create();
    const asked = topic.slice(0, -1);
    expect((await finding(topics.config(asked)))?.remedy).toMatch(new RegExp(`^did you mean ${topic}\\? Else create it: `));
    expect((await finding(topics.config(asked, { namespace: 'shop' })))?.remedy).toMatch(/^create it: /);
  });

  it('finds nothing about a FIFO topic, nor about a DELAY topic where an option says when its messages are delivered', async () => {
    const fifo = await topics.create({ messageType: 'FIFO' });
    const delay = await topics.create({ messageType: 'DELAY' });
    const configs = [
      topics.config(fifo),
      topics.config(fifo, { order: 'partition' }),
      topics.config(delay, { deliverAfter: '10m' }),
      topics.config(delay, { deliverAtHeader: 'deliver-at', order: 'none' }),
    ];
    for (const config of configs) await expect(checkTopic(config, silentLogger)).resolves.toEqual([]);
  });

  it.each([
    ['TRANSACTION', {}, 'is for messages of type TRANSACTION, not for plain ones', 'NORMAL'],
    ['FIFO', { plainOnly: true }, 'is for messages of type FIFO, not for plain ones', 'NORMAL'],
    ['DELAY', { plainOnly: true }, 'is for messages of type DELAY, not for plain ones', 'NORMAL'],
    ['FIFO', { order: 'none' }, 'is of message type FIFO, which keeps order, but rocketmq.order is none', 'remove rocketmq.order'],
    [
      'FIFO',
      { deliverAfter: '10m' },
      'is of message type FIFO, which RocketMQ delivers at once, but rocketmq.deliverAfter is set',
      'remove rocketmq.deliverAfter',
    ],
    [
      'NORMAL',
      { deliverAtHeader: 'at' },
      'is of message type NORMAL, which RocketMQ delivers at once, but rocketmq.deliverAtHeader is set',
      'remove rocketmq.deliverAtHeader',
    ],
    ['DELAY', {}, 'is of message type DELAY, and no option says when its messages are delivered', 'set rocketmq.deliverAfter or'],
  ] as const)('finds a topic for %s messages that does not go with %j', async (messageType, given, message, remedy) => {
    const topic = await topics.create({ messageType });
    expect(await finding(topics.config(topic, given))).toMatchObject({
      code: 'WRONG_KIND',
      option: 'rocketmq.topic',
      message: `topic ${topic} ${message}`,
      remedy: expect.stringContaining(remedy),
    });
  });

  it('finds a topic that may only be read', async () => {
    const topic = await topics.create({ permission: 'read' });
    expect(await finding(topics.config(topic))).toMatchObject({
      code: 'FORBIDDEN',
      option: 'rocketmq.topic',
      message: `topic ${topic} has no queue that may be written`,
      remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${topic} -p 6`,
    });
  });

  it('looks for the topic in the namespace', async () => {
    const topic = await topics.create();
    expect(await finding(topics.config(topic, { namespace: 'shop' }))).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(`shop%${topic}`),
    });
  });

  it('finds an address where nothing listens', async () => {
    expect(await finding(topics.config('orders', { endpoints: '127.0.0.1:1' }))).toMatchObject({
      code: 'UNREACHABLE',
      option: 'rocketmq.endpoints',
      message: 'no connection to 127.0.0.1:1 (ECONNREFUSED)',
    });
  });

  it('finds a host that does not exist', async () => {
    expect(await finding(topics.config('orders', { endpoints: 'rocketmq.invalid:9876', requestTimeoutMs: 3_000 }))).toMatchObject({
      code: 'UNREACHABLE',
      option: 'rocketmq.endpoints',
    });
  });

  it('finds an address that accepts connections and does not answer', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const endpoints = `127.0.0.1:${(server.address() as { port: number }).port}`;
    expect(await finding(topics.config('orders', { endpoints, requestTimeoutMs: 500 }))).toMatchObject({
      code: 'TIMEOUT',
      option: 'rocketmq.endpoints',
    });
    server.close();
  });

  it("finds the proxy's gRPC port given by mistake", async () => {
    const { rocketmqBroker, rocketmqGrpc } = await stackAddresses();
    if (rocketmqBroker === undefined) return;
    expect(await finding(topics.config('orders', { endpoints: rocketmqGrpc }))).toMatchObject({
      code: 'UNREACHABLE',
      option: 'rocketmq.endpoints',
      remedy: expect.stringContaining('set rocketmq.protocol to grpc'),
    });
  });

  it('finds a certificate that is not to be trusted', async () => {
    expect(await finding(topics.config('orders', { tls: true }))).toMatchObject({
      code: 'TLS_FAILED',
      option: 'rocketmq.endpoints',
      remedy: expect.stringContaining('rocketmq.tls.ca'),
    });
  });
});
