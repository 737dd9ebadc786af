import { createServer, type Socket } from 'node:net';

const API_VERSIONS = 18;
/** As a broker offers them: metadata, list offsets, fetch, and API versions themselves. */
const OFFERED = [
  [3, 0, 12],
  [2, 1, 9],
  [1, 4, 17],
  [API_VERSIONS, 0, 3],
];

/**
 * A broker that knows which APIs it has and nothing else. `mute` makes every connection that is open fall silent, as one is
 * whose other end a firewall forgot: no server does that on demand.
 */
export class MuteBroker {
  connections = 0;
  readonly #muted = new WeakSet<Socket>();
  readonly #open = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.connections += 1;
    this.#open.add(socket);
    socket.on('data', (request) => {
      if (!this.#muted.has(socket)) socket.write(answer(request));
    });
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => {});
  });

  async listen(): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (this.#server.address() as { port: number }).port };
  }

  mute(): void {
    for (const socket of this.#open) this.#muted.add(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(request: Buffer): Buffer {
  const correlation = request.readInt32BE(8);
  const body = Buffer.alloc(4 + 2 + 4 + OFFERED.length * 6 + 4);
  body.writeInt32BE(correlation, 0);
  body.writeInt32BE(OFFERED.length, 6);
  for (const [index, api] of OFFERED.entries())
    for (const [at, number] of api.entries()) body.writeInt16BE(number, 10 + index * 6 + at * 2);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}
