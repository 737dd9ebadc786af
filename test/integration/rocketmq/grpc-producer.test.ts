import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { stackAddresses } from '../../support/stack.ts';
import { grpcProducerCases } from './grpc-producer-cases.ts';
import { Topics } from './topics.ts';

/** Nothing listens there. */
const GONE = '127.0.0.1:1';

describe('sending over gRPC', () => {
  let topics: Topics;
  let endpoints: string;
  /** Of servers that speak no gRPC. A proxy's remoting port speaks both. */
  let remoting: readonly string[];
  beforeAll(async () => {
    topics = await Topics.open();
    const addresses = await stackAddresses();
    endpoints = addresses.rocketmqGrpc;
    remoting = [addresses.rocketmqNamesrv, addresses.rocketmqBroker];
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  grpcProducerCases(() => ({ topics, endpoints }));

  it('sends by the proxy that answers, wherever it stands among those that are named', async () => {
    for (const several of [`${GONE};${endpoints}`, `${endpoints};${GONE}`, `no-such-host.invalid:8081;${endpoints};localhost:1`]) {
      const topic = await topics.create({ queues: 1 });
      await proxyRoutes(endpoints, topic, 1);
      const producer = await topics.producer(topic, { protocol: 'grpc', order: 'none', endpoints: several });
      const message = { body: Buffer.from(several), keys: ['test/p/0'], properties: new Map() };
      await producer.send(0, [message], Date.now() + 120_000);
      expect((await topics.admin.readTopic(topic)).flat().map(({ body }) => body.toString())).toEqual([several]);
    }
  });

  it('says what the proxy that answers has said, and not that another one is away', async () => {
    for (const several of [`${GONE};${endpoints}`, `${endpoints};${GONE}`]) {
      const [found] = await checkTopic(
        topics.config('no-such-topic', { protocol: 'grpc', order: 'none', endpoints: several, requestTimeoutMs: 20_000 }),
        silentLogger,
      );
      expect(found).toMatchObject({ level: 'error', code: 'NOT_FOUND', option: 'rocketmq.topic' });
    }
  });

  it('names the option where a name server or a broker is given', async () => {
    for (const address of remoting) {
      const [found] = await checkTopic(
        topics.config('any', { protocol: 'grpc', endpoints: address, requestTimeoutMs: 2_000 }),
        silentLogger,
      );
      expect(found).toMatchObject({ level: 'error', code: 'UNREACHABLE', option: 'rocketmq.endpoints' });
      expect(found?.remedy).toMatch(/rocketmq.protocol/);
    }
  });

  it('names the option where a gRPC port is given for remoting', async () => {
    const [found] = await checkTopic(topics.config('any', { endpoints, requestTimeoutMs: 2_000 }), silentLogger);
    expect(found).toMatchObject({ level: 'error', code: 'UNREACHABLE', option: 'rocketmq.endpoints' });
    expect(found?.remedy).toMatch(/rocketmq.protocol/);
  });
});
