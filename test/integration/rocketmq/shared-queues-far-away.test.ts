import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { named } from './named-topics.ts';
import { receiveAll } from './receive-all.ts';
import { Topics } from './topics.ts';

jest.setTimeout(600_000);

const MESSAGES = 32;
const BYTES = 4_000;
/** The answer takes 8 s. A proxy may be silent for 5 s, and for as long as a request may take. */
const SLOW = { bytesPerSecond: 16_000 };
const REQUEST_MS = 1_000;
/** So long that nothing comes again meanwhile. */
const INVISIBLE_MS = 300_000;

describe('the messages of a group, over gRPC and a slow network', () => {
  let topics: Topics;
  let network: TcpProxy;
  beforeAll(async () => {
    topics = await Topics.open();
    network = await TcpProxy.start((await stackAddresses()).rocketmqClusterGrpc);
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    await topics[Symbol.asyncDispose]();
  });

  it('come whole in an answer that takes longer than RocketMQ may be silent', async () => {
    const topic = await topics.create({ queues: 1 });
    await topics.admin.createGroup(topic);
    await proxyRoutes(network.address, topic, 1);
    const producer = await topics.producer(topic);
    const message = { body: Buffer.alloc(BYTES, 'x'), keys: [], properties: new Map() };
    await producer.send(0, Array(MESSAGES).fill(message), Date.now() + 120_000);
    await topics.admin.dispatched();

    const config = topics.config(topic, { protocol: 'grpc', endpoints: network.address, requestTimeoutMs: REQUEST_MS });
    const queues = await openShared(config, named(topic), { group: topic, invisibleMs: INVISIBLE_MS });
    network.set(SLOW);
    try {
      // What a receive does not bring is invisible for longer than this waits.
      expect(await receiveAll(queues, MESSAGES)).toHaveLength(MESSAGES);
    } finally {
      network.mend();
      await queues.close();
    }
  });
});
