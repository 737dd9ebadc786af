import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { Unanswered } from '../../../src/rocketmq/remoting/connection-error.ts';

/** So many bytes are more than both ends' buffers take in. */
const BYTES = 64 * 1024 * 1024;
/** The network stands still after so many bytes: the handshake is over by then. */
const STANDS_AFTER = 64 * 1024;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A network that stands still after some bytes of the client's, until the test lets it go on. */
class StandingNetwork {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  bytes = 0;
  /** How the client's end ended. */
  readonly ended: Promise<string>;

  constructor(target: Server) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#server = createServer((client) => {
      const server = connect(portOf(target), '127.0.0.1').on('error', () => {});
      this.#sockets.push(client, server);
      server.on('data', (chunk) => client.write(chunk));
      client.on('data', (chunk) => {
        const before = this.bytes;
        this.bytes += chunk.length;
        if (before < STANDS_AFTER) server.write(chunk);
        if (before < STANDS_AFTER && this.bytes >= STANDS_AFTER) client.pause();
      });
      client.on('end', () => resolve('in order'));
      client.on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)));
    });
  }

  async open(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${portOf(this.#server)}`;
  }

  goOn(): void {
    this.#sockets[0]?.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe.each(['plain text', 'TLS'])('a request that is given up, over %s', (kind) => {
  let server: Server;
  let network: StandingNetwork;
  let client: RemotingClient;
  beforeEach(async () => {
    const take = (socket: Socket) => void socket.on('error', () => {}).resume();
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' });
    server = kind === 'TLS' ? createTlsServer({ cert, key }, take) : createServer(take);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    network = new StandingNetwork(server);
    client = new RemotingClient(kind === 'TLS' ? { tls: { rejectUnauthorized: false } } : {});
  });
  afterEach(async () => {
    client.close();
    await network.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([1, 2])('does not arrive later where the network goes on, of %i that wait on one connection', async (requests) => {
    const address = await network.open();
    const request = { code: requestCode.SEND_BATCH_MESSAGE, fields: {}, body: Buffer.alloc(BYTES), ordered: true };
    const sent = Array.from({ length: requests }, () => client.request(address, request, 1_000).catch((error: unknown) => error));
    const [error] = await Promise.all(sent);
    expect(error).toBeInstanceOf(Unanswered);
    const { giveUp, settled } = error as Unanswered;
    giveUp();
    expect(await settled).toBeUndefined();
    network.goOn();
    // What is closed in order is delivered to its end.
    expect(await network.ended).toBe('ECONNRESET');
    expect(network.bytes).toBeGreaterThanOrEqual(STANDS_AFTER);
    expect(network.bytes).toBeLessThan(BYTES / 2);
  });
});
