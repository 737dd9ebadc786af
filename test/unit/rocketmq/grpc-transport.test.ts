import http2 from 'node:http2';
import net, { type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { silentLogger } from '../../../src/api/index.ts';
import { openShared } from '../../../src/rocketmq/queues.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { openProducer } from '../../../src/transport/open-producer.ts';
import { FakeGrpcProxy } from './fake-grpc-proxy.ts';

const configOf = (endpoints: string, given: Partial<RocketmqConfig> = {}): RocketmqConfig => ({
  ...{ protocol: 'grpc', order: 'none', endpoints, topic: 'orders', namespace: '', tls: false, requestTimeoutMs: 60_000 },
  ...given,
});

describe('a client over gRPC that is refused by a status of gRPC itself', () => {
  let proxy: FakeGrpcProxy;
  beforeEach(async () => {
    proxy = await FakeGrpcProxy.start();
  });
  afterEach(() => proxy[Symbol.asyncDispose]());

  const source = () => openProducer(configOf(proxy.address), silentLogger);
  const sink = () =>
    openShared(configOf(proxy.address), { names: ['orders'], option: 'rocketmq.topic' }, { group: 'group', invisibleMs: 60_000 });

  describe.each([
    ['a source', source],
    ['a sink', sink],
  ])('as %s', (_, open) => {
    it.each([
      ['a token that has run out', status.UNAUTHENTICATED, 'Jwt is expired'],
      ['a rule', status.PERMISSION_DENIED, 'RBAC: access denied'],
      ['an ingress that knows HTTP only', status.PERMISSION_DENIED, 'Received HTTP status code 403'],
    ])('tries on, and names the way to RocketMQ, where it is refused for %s', async (_because, code, details) => {
      proxy.refusal = { code, details };
      await expect(open()).rejects.toMatchObject({
        code: 'AUTH_FAILED',
        retriable: true,
        message: expect.stringMatching(`^rocketmq.endpoints: an ingress or a service mesh.*${proxy.address}.*${details}`),
        remedy: expect.stringContaining('let this client in there'),
      });
    });

    it('names the status of a refusal without words that is not of RocketMQ', async () => {
      proxy.refusal = { code: status.UNAUTHENTICATED, details: '' };
      await expect(open()).rejects.toMatchObject({ retriable: true, message: expect.stringContaining('UNAUTHENTICATED') });
    });

    it('waits for correct keys where it is refused as the proxies of before RocketMQ 5.3 refuse wrong ones', async () => {
      proxy.refusal = { code: status.PERMISSION_DENIED, details: '' };
      await expect(open()).rejects.toMatchObject({
        code: 'AUTH_FAILED',
        retriable: false,
        message: expect.stringMatching(/^rocketmq.accessKey: /),
        remedy: expect.stringContaining('rocketmq.secretKey'),
      });
    });
  });
});

describe('a client over gRPC whose handshake fails', () => {
  interface Pair {
    readonly cert: string;
    readonly key: string;
  }
  let own: Pair;
  let other: Pair;
  beforeAll(async () => {
    const made = async (name: { readonly type: 7; readonly ip: string } | { readonly type: 2; readonly value: string }): Promise<Pair> => {
      const { cert, private: key } = await generate([], { extensions: [{ name: 'subjectAltName', altNames: [name] }] });
      return { cert, key };
    };
    own = await made({ type: 7, ip: '127.0.0.1' });
    other = await made({ type: 2, value: 'other.test' });
  });

  let server: Server;
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Says what is found where this server listens. */
  async function found(made: { on(event: string, listener: () => void): unknown }, config: RocketmqConfig['tls']) {
    server = made as Server;
    server.on('tlsClientError', () => {}).on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const [finding] = await checkTopic(configOf(`127.0.0.1:${port}`, { tls: config }), silentLogger);
    return finding;
  }

  const trusting = ({ cert }: Pair, given: Partial<Pair> = {}) => ({ enabled: true, rejectUnauthorized: true, ca: cert, ...given });
  const asking = () => ({ ...own, requestCert: true, rejectUnauthorized: true, ca: own.cert });
  const failed = (remedy: RegExp) => ({ code: 'TLS_FAILED', option: 'rocketmq.endpoints', remedy: expect.stringMatching(remedy) });
  const elsewhere = (remedy: RegExp) => ({ code: 'UNREACHABLE', option: 'rocketmq.endpoints', remedy: expect.stringMatching(remedy) });

  it('gives the authority to trust where the certificate is of another one', async () => {
    expect(await found(http2.createSecureServer(own), trusting(other))).toMatchObject(failed(/rocketmq\.tls\.ca/));
  });

  it('gives the name to expect where the certificate is for another host', async () => {
    expect(await found(http2.createSecureServer(other), trusting(other))).toMatchObject(failed(/rocketmq\.tls\.servername/));
  });

  it('gives the own certificate where the server asks for one during the handshake', async () => {
    const finding = await found(http2.createSecureServer({ ...asking(), maxVersion: 'TLSv1.2' }), trusting(own));
    expect(finding).toMatchObject(failed(/rocketmq\.tls\.cert and rocketmq\.tls\.key/));
    expect(finding?.message).toMatch(/refused the TLS handshake: \S+ alert handshake failure$/);
  });

  // By then the client has begun to speak, so that it hears of the reason or only sees that the connection ends.
  it.each([
    ['has none to show', () => ({})],
    ['shows one that is not trusted', () => other],
  ])('gives the own certificate where the server looks at it behind the handshake, and the client %s', async (_, shown) => {
    const finding = await found(http2.createSecureServer(asking()), trusting(own, shown()));
    expect(finding?.remedy).toMatch(/give one that it trusts as rocketmq\.tls\.cert and rocketmq\.tls\.key/);
  });

  it('gives the version where the server speaks an older one', async () => {
    const old = { ...own, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await found(http2.createSecureServer(old), trusting(own))).toMatchObject(failed(/TLS 1\.2/));
  });

  it.each([
    ['gRPC without it', () => http2.createServer()],
    ['another protocol', () => net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['nothing, and hangs up', () => net.createServer((socket) => socket.once('data', () => socket.destroy()))],
    ['nothing, and resets', () => net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))],
  ])('asks whether TLS is right where the server speaks %s', async (_, make) => {
    expect(await found(make(), trusting(own))).toMatchObject(elsewhere(/rocketmq\.protocol.*set rocketmq\.tls to false/));
  });

  it.each([
    ['refuses HTTP/2', () => tls.createServer({ ...own, ALPNProtocols: ['http/1.1'] })],
    ['speaks HTTP/1', () => tls.createServer(own, (socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ])('asks whether the port is right where the server behind TLS %s', async (_, make) => {
    expect(await found(make(), trusting(own))).toMatchObject(elsewhere(/gRPC port/));
  });

  it('asks whether TLS is right where the server takes nothing else', async () => {
    expect(await found(http2.createSecureServer(own), false)).toMatchObject(elsewhere(/set rocketmq\.tls to true/));
  });
});
