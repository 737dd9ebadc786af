import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { Endpoints } from 'rocketmq-client-nodejs';
import { GrpcChannels } from '../../../src/rocketmq/grpc/client/grpc-channels.ts';
import { grpcCredentials } from '../../../src/rocketmq/grpc/client/grpc-credentials.ts';

const KIB = 1024;

describe('a channel over gRPC', () => {
  it('lets a proxy send 256 KiB before the proxy hears that it has arrived: 64 KiB are slow where it is far away', async () => {
    const proxy = createServer();
    const seen = once(proxy, 'session');
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const channels = new GrpcChannels({ getRequestMetadata: () => new Metadata() }, grpcCredentials(false));
    const stub = channels.stub(new Endpoints(`127.0.0.1:${(proxy.address() as AddressInfo).port}`));
    const ready = new Promise<void>((resolve, reject) => {
      stub.waitForReady(Date.now() + 60_000, (error) => (error === undefined ? resolve() : reject(error)));
    });
    const [session] = (await seen) as [ServerHttp2Session];
    try {
      await ready;
      // What the client says when it is ready has come once it has answered.
      await new Promise((resolve) => session.ping(resolve));
      expect(session.remoteSettings.initialWindowSize).toBe(256 * KIB);
      expect(session.state.remoteWindowSize).toBe(256 * KIB);
    } finally {
      channels.close();
      session.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});
