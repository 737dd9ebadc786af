import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { Unanswered } from '../../../src/rocketmq/remoting/connection-error.ts';

/** More than both ends' buffers take in. */
const BYTES = 64 * 1024 * 1024;

describe.each(['plain text', 'TLS'])('a request that is given up, over %s', (kind) => {
  let server: Server;
  let client: RemotingClient;
  afterEach(async () => {
    client.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([1, 2])('does not arrive later where the server reads again, of %i that wait on one connection', async (requests) => {
    const accepted: Socket[] = [];
    const errors: unknown[] = [];
    const take = (socket: Socket) => {
      accepted.push(socket.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code)));
      socket.pause();
    };
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' });
    server = kind === 'TLS' ? createTlsServer({ cert, key, pauseOnConnect: true }, take) : createServer({ pauseOnConnect: true }, take);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    client = new RemotingClient(kind === 'TLS' ? { tls: { rejectUnauthorized: false } } : {});
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const request = { code: requestCode.SEND_BATCH_MESSAGE, fields: {}, body: Buffer.alloc(BYTES), ordered: true };
    const sent = Array.from({ length: requests }, () => client.request(address, request, 300).catch((error: unknown) => error));
    const [error] = await Promise.all(sent);
    expect(error).toBeInstanceOf(Unanswered);
    const { giveUp, settled } = error as Unanswered;
    giveUp();
    expect(await settled).toBeUndefined();
    const [socket] = accepted as [Socket];
    let bytes = 0;
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.resume();
    await ended;
    expect(bytes).toBeLessThan(BYTES / 2);
    // What is closed in order is delivered to its end.
    expect(errors).toEqual(['ECONNRESET']);
  });
});
