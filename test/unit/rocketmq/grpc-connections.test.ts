import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/grpc/open-producer.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { OpenedSockets } from '../../support/opened-sockets.ts';

jest.setTimeout(120_000);

const access = (endpoints: string, requestTimeoutMs: number): RocketmqConfig => ({
  ...{ endpoints, protocol: 'grpc', topic: 'orders', order: 'none', namespace: '', tls: false, requestTimeoutMs },
});

describe('connections over gRPC to a proxy that takes them and says nothing', () => {
  const taken: Socket[] = [];
  let server: Server;
  let endpoints: string;
  beforeEach(async () => {
    // It answers no end either, as one that stands still.
    server = createServer({ allowHalfOpen: true }, (socket) => taken.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoints = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const socket of taken.splice(0)) socket.destroy();
    server.close();
  });

  it.each([
    ['producer', (config: RocketmqConfig) => openProducer(config, silentLogger)],
    [
      'consumer',
      (config: RocketmqConfig) =>
        openShared(config, { names: ['orders'], option: 'rocketmq.topic' }, { group: 'shop', invisibleMs: 60_000 }),
    ],
  ])('do not outlive a %s that gave up', async (_, open) => {
    using sockets = new OpenedSockets();
    await expect(open(access(endpoints, 1_000))).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(taken.length).toBeGreaterThan(0);
    while (sockets.left > 0) await sleep(20);
  });
});
