import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { Topics } from './topics.ts';

jest.setTimeout(600_000);

/** It takes 18 s. */
const BYTES = 3_500_000;
const SLOW = { bytesPerSecond: 200_000 };
/** A proxy is given up after ten times this. It says every 512 KiB that it reads, which is each 2.6 s here. */
const REQUEST_MS = 1_000;

describe('sending over gRPC and a slow network', () => {
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

  it('gets on where a request takes longer than a silent proxy is waited for', async () => {
    const topic = await topics.create({ queues: 1 });
    await proxyRoutes(network.address, topic, 1);
    const given = { protocol: 'grpc', order: 'none', endpoints: network.address, requestTimeoutMs: REQUEST_MS } as const;
    const producer = await topics.producer(topic, given);
    network.set(SLOW, 'request');
    const message = { body: Buffer.alloc(BYTES, 'x'), keys: [], properties: new Map() };
    await producer.send(0, [message], Date.now() + 540_000);
    network.mend();
    const stored = (await topics.admin.readTopic(topic)).flat();
    expect(stored[0]?.body.length).toBe(BYTES);
  });
});
