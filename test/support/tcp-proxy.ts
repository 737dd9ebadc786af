import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { TcpLink } from './tcp-link.ts';

export type Direction = 'request' | 'answer';

/** What the network does to bytes of one direction. */
export interface Weather {
  /** Each byte arrives this much later. */
  readonly latencyMs?: number;
  /** Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Bytes vanish and nobody is told: a cable that was pulled, a firewall that forgot. Asked for each piece where it is a function. */
  readonly swallow?: boolean | (() => boolean);
}

/** A network between a client and a real server that fails on demand. Connections are carried byte for byte otherwise. */
export class TcpProxy implements AsyncDisposable {
  /** Where new connections lead, `host:port`. */
  target: string;
  /** Bytes that it has handed on so far. */
  readonly carried: Record<Direction, number> = { request: 0, answer: 0 };
  /** Pieces of answers that it has handed on so far: about as many as there were answers. */
  answers = 0;
  /** Bytes that it has swallowed. */
  readonly swallowed: Record<Direction, number> = { request: 0, answer: 0 };
  readonly #server: Server;
  readonly #links = new Set<TcpLink>();
  readonly #weather: Record<Direction, Weather> = { request: {}, answer: {} };
  #refusing = false;

  private constructor(target: string) {
    this.target = target;
    this.#server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (client) => {
      if (this.#refusing) return void client.resetAndDestroy();
      const link = new TcpLink(client, this.target, this.#weather, this);
      this.#links.add(link);
      void link.closed.then(() => this.#links.delete(link));
    });
  }

  static async start(target = ''): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
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

  /** From now on, for open and new connections, for both directions or for one. */
  set(weather: Weather, ...directions: Direction[]): void {
    for (const direction of directions.length > 0 ? directions : (['request', 'answer'] as const)) this.#weather[direction] = weather;
  }

  /** As where the server freezes behind so many more pieces of answers: connections open, and nothing passes any more. */
  standStillAfter(answers: number): void {
    const last = this.answers + answers;
    this.set({ swallow: () => this.answers >= last });
  }

  /** Every connection is reset, and new ones are, as where nobody listens. */
  refuse(): void {
    this.#refusing = true;
    this.reset();
  }

  /** Ends every connection in order (FIN). */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Ends every connection by RST. */
  reset(): void {
    for (const link of this.#links) link.reset();
  }

  /** Open connections are half-open from now on: both ends believe in them and nothing arrives. New ones work. */
  forget(): void {
    for (const link of this.#links) link.forget();
  }

  /** Fair weather again. Connections that lost bytes are reset: their streams can't go on. */
  mend(): void {
    this.set({});
    this.#refusing = false;
    for (const link of this.#links) if (link.lost) link.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
