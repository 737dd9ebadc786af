import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { openShared } from '../../../src/rocketmq/queues.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { grpcProxy, type ProxyMode } from '../../support/grpc-proxy.ts';
import { stackAddresses } from '../../support/stack.ts';
import { named } from './named-topics.ts';
import { receiveAll, textsOf } from './receive-all.ts';
import { Topics } from './topics.ts';

jest.setTimeout(900_000);

const isThere = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
const onIpv6 = isThere ? it : it.skip;
const portOf = (address: string): string => address.slice(address.lastIndexOf(':'));

describe('a proxy at an address of IPv6', () => {
  let topics: Topics;
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  onIpv6.each<ProxyMode>(['local', 'cluster'])('takes messages and gives them out over gRPC, in %s mode', async (mode) => {
    const proxy = grpcProxy(await stackAddresses(), mode);
    const over = { protocol: 'grpc', order: 'none', endpoints: `[::1]${portOf(proxy)}` } as const;
    const topic = await topics.create({ queues: 2 });
    await topics.admin.createGroup(topic);
    await proxyRoutes(proxy, topic, 2);
    const queues = await openShared(topics.config(topic, over), named(topic), { group: topic, invisibleMs: 120_000 });
    try {
      const producer = await topics.producer(topic, over);
      const messages = ['a', 'b', 'c'].map((text) => ({ body: Buffer.from(text), keys: [], properties: new Map() }));
      await producer.send(0, messages, Date.now() + 120_000);
      const received = await receiveAll(queues, 3);
      expect(textsOf(received)).toEqual(['a', 'b', 'c']);
      expect(await queues.acknowledge(received)).toBe(0);
    } finally {
      await queues.close();
    }
  });

  onIpv6('takes messages over its remoting port', async () => {
    const endpoints = `[::1]${portOf((await stackAddresses()).rocketmqClusterRemoting)}`;
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic, { endpoints });
    await producer.send(0, [{ body: Buffer.from('a'), keys: [], properties: new Map() }], Date.now() + 120_000);
    expect((await topics.admin.readTopic(topic)).flat().map(({ body }) => body.toString())).toEqual(['a']);
  });

  onIpv6('is named as it was written where nothing listens there', async () => {
    const config = topics.config('any', { protocol: 'grpc', endpoints: '[::1]:1', requestTimeoutMs: 5_000 });
    const [found] = await checkTopic(config, silentLogger);
    expect(found).toMatchObject({ code: 'UNREACHABLE', option: 'rocketmq.endpoints', message: expect.stringContaining('[::1]:1 ') });
  });
});
