import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Direction = 'request' | 'answer';

/** What the network does to bytes of one direction. */
export interface Weather {
  /** Each piece arrives this much later. */
  readonly latencyMs?: number;
  /** Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Bytes vanish and nobody is told: a cable that was pulled, a firewall that forgot. */
  readonly swallow?: boolean;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/** A network between a client and a real server that fails on demand. Connections are carried byte for byte otherwise. */
export class TcpProxy {
  /** Where connections lead. `host:port` */
  target = '';
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #weather: Record<Direction, Weather> = { request: {}, answer: {} };
  #refusing = false;

  private constructor() {
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#accept(client));
  }

  static async start(target = ''): Promise<TcpProxy> {
    const proxy = new TcpProxy();
    proxy.target = target;
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** Where clients connect to. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#links.size;
  }

  /** From now on, also on open connections; for both directions or for one. */
  set(weather: Weather, ...directions: Direction[]): void {
    for (const direction of directions.length > 0 ? directions : (['request', 'answer'] as const)) this.#weather[direction] = weather;
  }

  /** New connections are closed at once, as where nobody listens. Open ones stay. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Ends every connection in order (FIN), whatever is on its way. */
  cut(): void {
    for (const { client, server } of this.#links) for (const socket of [client, server]) socket.end();
  }

  /** Ends every connection by RST. */
  reset(): void {
    for (const { client, server } of this.#links) for (const socket of [client, server]) socket.resetAndDestroy();
  }

  /** Fair weather again. Connections that lost bytes are reset, since their streams can't go on. */
  mend(): void {
    const lost = Object.values(this.#weather).some(({ swallow }) => swallow);
    this.set({});
    this.#refusing = false;
    if (lost) this.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, server } of this.#links) for (const socket of [client, server]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const [host = '', port] = this.target.split(':');
    const server = connect({ host, port: Number(port), noDelay: true });
    const link = { client, server };
    this.#links.add(link);
    client.setNoDelay(true);
    void this.#carry(client, server, 'request', link);
    void this.#carry(server, client, 'answer', link);
  }

  async #carry(from: Socket, to: Socket, direction: Direction, link: Link): Promise<void> {
    from.on('error', () => {}).on('close', () => this.#links.delete(link));
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const { latencyMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY, swallow = false } = this.#weather[direction];
        if (swallow) continue;
        const delay = latencyMs + (chunk.length / bytesPerSecond) * 1_000;
        if (delay > 0) await sleep(delay);
        if (to.destroyed) break;
        if (!to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      to.end();
    } catch {
      to.destroy();
    }
  }
}
