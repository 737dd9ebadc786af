import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/grpc/open-producer.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';

jest.setTimeout(120_000);

const access = (endpoints: string, requestTimeoutMs: number): RocketmqConfig => ({
  ...{ endpoints, protocol: 'grpc', topic: 'orders', order: 'none', namespace: '', tls: false, requestTimeoutMs },
});

describe('connections over gRPC to a proxy that takes them and says nothing', () => {
  let server: Server;
  let endpoints: string;
  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoints = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
  });

  const connections = () =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

  it.each([
    ['producer', (config: RocketmqConfig) => openProducer(config, silentLogger)],
    [
      'consumer',
      (config: RocketmqConfig) =>
        openShared(config, { names: ['orders'], option: 'rocketmq.topic' }, { group: 'shop', invisibleMs: 60_000 }),
    ],
  ])('do not outlive a %s that gave up', async (_, open) => {
    await expect(open(access(endpoints, 1_000))).rejects.toMatchObject({ code: 'TIMEOUT' });
    while ((await connections()) !== 0) await sleep(20);
  });
});
