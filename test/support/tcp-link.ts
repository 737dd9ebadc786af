import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { resetSocket } from '../../src/rocketmq/remoting/reset-socket.ts';
import type { Direction, Weather } from './tcp-proxy.ts';

/** What may be on its way in one direction; a sender that is faster has to wait, as on a real network. */
const ON_THE_WAY_BYTES = 4 * 1024 * 1024;

interface Piece {
  /** Undefined: the end. */
  readonly data: Buffer | undefined;
  /** ms since 1970. */
  readonly due: number;
}

/** What became of bytes, and how many pieces of answers were carried. */
export interface ByteCounts {
  answers: number;
  readonly carried: Record<Direction, number>;
  readonly swallowed: Record<Direction, number>;
}

/** One connection through a proxy: a client's and its own to the server. */
export class TcpLink {
  /** Resolves when either end is gone. */
  readonly closed: Promise<void>;
  /** Bytes of it were swallowed. */
  lost = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #weather: Readonly<Record<Direction, Weather>>;
  readonly #counts: ByteCounts;
  #forgotten = false;

  /** `weather` is looked at anew for each piece of data, which is added to `counts`. */
  constructor(client: Socket, target: string, weather: Readonly<Record<Direction, Weather>>, counts: ByteCounts) {
    const [host = '', port] = target.split(':');
    this.#client = client;
    this.#server = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
    this.#weather = weather;
    this.#counts = counts;
    const ends = [client, this.#server];
    this.closed = new Promise((resolve) => {
      for (const end of ends) {
        end.on('error', () => {});
        end.on('close', () => {
          for (const other of ends) other.destroy();
          resolve();
        });
      }
    });
    void this.#carry(client, this.#server, 'request');
    void this.#carry(this.#server, client, 'answer');
  }

  cut(): void {
    for (const end of [this.#client, this.#server]) end.destroySoon();
  }

  reset(): void {
    for (const end of [this.#client, this.#server]) resetSocket(end);
  }

  forget(): void {
    this.#forgotten = true;
  }

  async #carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    const pieces: Piece[] = [];
    const road = { freeAt: 0 };
    let bytes = 0;
    let wake = () => {};
    const push = (data: Buffer | undefined) => {
      pieces.push({ data, due: Date.now() + (this.#weather[direction].latencyMs ?? 0) });
      bytes += data?.length ?? 0;
      if (bytes > ON_THE_WAY_BYTES) from.pause();
      wake();
    };
    from.on('data', push).on('end', () => push(undefined));
    from.resume();
    while (!to.destroyed) {
      const piece = pieces.shift();
      if (piece === undefined) {
        const arrival = Promise.withResolvers<void>();
        wake = arrival.resolve;
        await Promise.race([arrival.promise, this.closed]);
        continue;
      }
      await this.#deliver(piece, to, direction, road);
      bytes -= piece.data?.length ?? 0;
      from.resume();
    }
  }

  /** `road`: when the bytes before have all arrived, so that a burst is no faster than its bytes one after the other. */
  async #deliver({ data, due }: Piece, to: Socket, direction: Direction, road: { freeAt: number }): Promise<void> {
    const { bytesPerSecond = Number.POSITIVE_INFINITY, swallow = false } = this.#weather[direction];
    road.freeAt = Math.max(due, road.freeAt) + ((data?.length ?? 0) / bytesPerSecond) * 1_000;
    const delay = road.freeAt - Date.now();
    if (delay > 0) await sleep(delay);
    if (this.#forgotten || (typeof swallow === 'function' ? swallow() : swallow)) {
      this.lost = true;
      this.#counts.swallowed[direction] += data?.length ?? 0;
    } else if (data === undefined) to.end();
    else if (!to.destroyed) {
      this.#counts.carried[direction] += data.length;
      if (direction === 'answer') this.#counts.answers += 1;
      if (!to.write(data)) await Promise.race([once(to, 'drain').catch(() => {}), this.closed]);
    }
  }
}
