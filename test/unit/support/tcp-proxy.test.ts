import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TcpProxy } from '../../support/tcp-proxy.ts';

describe('a network between a client and a server', () => {
  let server: Server;
  let proxy: TcpProxy;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).pipe(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await TcpProxy.start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A connection, what came over it, and how it ended. */
  async function client() {
    const socket = connect({ host: '127.0.0.1', port: Number(proxy.address.split(':')[1]), allowHalfOpen: true });
    sockets.push(socket);
    const seen = { data: Buffer.alloc(0), end: false, error: undefined as string | undefined };
    socket.on('data', (data: Buffer) => {
      seen.data = Buffer.concat([seen.data, data]);
    });
    socket.on('end', () => {
      seen.end = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      seen.error = error.code;
    });
    await once(socket, 'connect');
    return { socket, seen };
  }
  async function until(done: () => boolean): Promise<void> {
    for (const limit = Date.now() + 50_000; !done() && Date.now() < limit; ) await sleep(2);
    expect(done()).toBe(true);
  }

  it("carries every byte in its order, and each side's end", async () => {
    const { socket, seen } = await client();
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index * 7919));
    socket.end(sent);
    await until(() => seen.end);
    expect(seen.data.equals(sent)).toBe(true);
    expect(proxy.carried).toEqual({ request: sent.length, answer: sent.length });
  });

  it('lets bytes arrive later, and no faster than it is told', async () => {
    proxy.set({ latencyMs: 100 }, 'answer');
    const { socket, seen } = await client();
    const began = Date.now();
    socket.write('a');
    await until(() => seen.data.length === 1);
    expect(Date.now() - began).toBeGreaterThanOrEqual(99);
    proxy.set({ bytesPerSecond: 100_000 }, 'request');
    const slow = Date.now();
    socket.write(Buffer.alloc(20_000));
    await until(() => seen.data.length === 20_001);
    expect(Date.now() - slow).toBeGreaterThanOrEqual(199);
  });

  it('carries a burst of pieces no faster than one after the other', async () => {
    proxy.set({ latencyMs: 100, bytesPerSecond: 1_000_000 }, 'request');
    const { socket, seen } = await client();
    const began = Date.now();
    socket.write(Buffer.alloc(600_000));
    await until(() => seen.data.length === 600_000);
    expect(Date.now() - began).toBeGreaterThanOrEqual(699);
  });

  it('swallows bytes and tells nobody; fair weather resets what lost some', async () => {
    const { socket, seen } = await client();
    proxy.set({ swallow: true }, 'request');
    socket.write('lost');
    // Turns, not time: a process that stands still for that long has carried nothing.
    for (let turn = 0; turn < 25; turn += 1) await sleep(2);
    expect(seen).toEqual({ data: Buffer.alloc(0), end: false, error: undefined });
    proxy.mend();
    await until(() => seen.error !== undefined);
    expect(seen.error).toBe('ECONNRESET');
  });

  it('ends connections in order, or by a reset', async () => {
    const first = await client();
    await until(() => proxy.connections === 1);
    proxy.cut();
    await until(() => first.seen.end);
    expect(first.seen.error).toBeUndefined();
    const second = await client();
    await until(() => proxy.connections === 1);
    proxy.reset();
    await until(() => second.seen.error !== undefined);
    expect(second.seen.error).toBe('ECONNRESET');
  });

  it('forgets open connections and serves new ones', async () => {
    const old = await client();
    await until(() => proxy.connections === 1);
    proxy.forget();
    old.socket.write('a');
    const fresh = await client();
    fresh.socket.write('b');
    await until(() => fresh.seen.data.length === 1);
    expect(old.seen).toEqual({ data: Buffer.alloc(0), end: false, error: undefined });
  });

  it('refuses until fair weather', async () => {
    proxy.refuse();
    const refused = async () => {
      const { socket } = await client();
      await once(socket, 'close');
    };
    await expect(refused()).rejects.toMatchObject({ code: 'ECONNRESET' });
    proxy.mend();
    const { socket, seen } = await client();
    socket.write('b');
    await until(() => seen.data.length === 1);
  });
});
