import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { stackAddresses } from '../../support/stack.ts';
import { grpcProducerCases } from './grpc-producer-cases.ts';
import { Topics } from './topics.ts';

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
