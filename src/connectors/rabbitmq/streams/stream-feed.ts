import { type ConnectError, type PollLimit, toConnectError } from '../../../api/index.ts';
import { ReceiveRoom } from '../../../kit/index.ts';
import { readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import type { Delivery } from '../protocol/intake.ts';
import { FIRST_WINDOW, nextWindow } from '../read/reader.ts';
import { Subscription } from '../read/subscription.ts';
import { streamOffset } from './stream-place.ts';
import { readableAfter } from './unreadable-range.ts';

/** One part of the stream after the other: what comes before a batch that breaks the server down comes, then. */
const CAREFUL_WINDOW = 1;
/** A connection that does not end in order in time is ended. */
const CLOSE_MS = 1_500;

/** Where to begin to read a stream, as the server's consumer argument says it. */
export type StreamStart = number | { readonly '!': 'timestamp'; readonly value: number };

export interface StreamFeedOptions extends Lender {
  readonly queue: string;
  /** The stream's own connection, and those that follow: a batch that the server can't take apart ends one. */
  readonly connection: RabbitmqConnection;
  readonly onChange: () => void;
  /** The offset at which the run ends. */
  readonly end: number;
  /** The next record's offset; undefined until the first message where the start is no offset. */
  position(): number | undefined;
  /** Nothing more is wanted. */
  isAtEnd(): boolean;
}

/** Brings a stream's messages, in order, over one connection after the other: where the server breaks down over a batch, it goes on behind it. */
export class StreamFeed {
  readonly #options: StreamFeedOptions;
  #connection: RabbitmqConnection;
  #subscription: Subscription;
  #forget = () => {};
  /** Handed out of this subscription, and so acknowledged: to the server that only means room for more. */
  #handedOut = 0;
  #readableFrom = 0;
  #careful = false;
  #closing = false;
  #recovering: Promise<void> | undefined;
  #failure: ConnectError | undefined;

  constructor(options: StreamFeedOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#subscription = this.#subscribe(options.connection);
  }

  open(): Promise<void> {
    return this.#subscription.open();
  }

  begin(start: StreamStart): void {
    this.#subscription.begin(FIRST_WINDOW, { 'x-stream-offset': start });
  }

  get connection(): RabbitmqConnection {
    return this.#connection;
  }

  get failure(): ConnectError | undefined {
    if (this.#failure !== undefined || this.#options.isAtEnd()) return this.#failure;
    return this.#recovering !== undefined || this.#connection.brokeDown ? undefined : this.#subscription.failure;
  }

  /** Nothing below can be read. */
  get readableFrom(): number {
    return this.#readableFrom;
  }

  /** Received and not taken. */
  get buffered(): readonly Delivery[] {
    return this.#subscription.buffered;
  }

  /** All that ever came over this connection. */
  get received(): number {
    return this.#subscription.received;
  }

  /** Of one message, about. */
  get averageBytes(): number {
    return this.#subscription.averageBytes;
  }

  /** The offset behind the last message that was received. */
  receivedUpTo(): number {
    const last = this.buffered.at(-1);
    const offset = last === undefined ? undefined : streamOffset(readBasicProperties(last.rawProperties));
    return offset === undefined ? (this.#options.position() as number) : offset + 1;
  }

  /** Hands out the first `count` messages. */
  remove(count: number): void {
    this.#handedOut += count;
    this.#subscription.remove(count);
    this.#subscription.acknowledge(this.#handedOut);
  }

  /** Has the server send further ahead where that is worth it. `share`: part of the room for this partition. */
  adapt(share: number, limit: PollLimit): void {
    const { window, averageBytes, received } = this.#subscription;
    const next = this.#options.position();
    if (this.#careful || next === undefined || received === 0) return;
    const target = nextWindow(window, averageBytes, share, this.#options.end - next, limit);
    if (target !== undefined && target > window) this.#subscription.resize(target, () => ({ 'x-stream-offset': this.receivedUpTo() }));
  }

  /** It can't be read on. */
  fail(error: unknown): void {
    this.#failure ??= toConnectError(error);
  }

  /** No more messages come, and nothing that it holds is handed out. */
  abandon(): void {
    this.#subscription.abandon();
  }

  /** `settled` is awaited before the connection is given back. */
  async close(settled: () => Promise<void>): Promise<void> {
    this.#closing = true;
    this.#forget();
    await this.#recovering;
    await settled();
    this.#connection.intake.resume();
    await this.#connection.answered(() => this.#subscription.close(), CLOSE_MS).catch(() => {});
    this.#options.giveBack(this.#connection);
  }

  #subscribe(connection: RabbitmqConnection): Subscription {
    const { queue, onChange } = this.#options;
    this.#connection = connection;
    this.#handedOut = 0;
    this.#forget = connection.onLoss(() => this.#lost());
    return new Subscription({ connection, room: new ReceiveRoom(connection.intake), queue, onChange });
  }

  #lost(): void {
    if (this.#closing || this.#recovering !== undefined || this.#options.isAtEnd() || !this.#connection.brokeDown) {
      this.#options.onChange();
      return;
    }
    this.#recovering = this.#recover()
      .catch((error) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#recovering = undefined;
        this.#options.onChange();
      });
  }

  /** Goes on where the next record is, part by part; where that has brought nothing already, behind what can't be read. */
  async #recover(): Promise<void> {
    const { lend, giveBack, queue, end } = this.#options;
    const isStuck = this.#careful && this.#subscription.received === 0;
    const position = this.#options.position();
    if (position === undefined) throw this.#connection.failure;
    this.#careful = true;
    if (isStuck) {
      const range = { lend, giveBack, stream: queue, from: position, end, isGivenUp: () => this.#closing };
      this.#readableFrom = await readableAfter(range);
    }
    const from = Math.max(position, this.#readableFrom);
    this.#subscription.abandon();
    if (this.#closing || from >= end) return;
    this.#subscription = this.#subscribe(await lend());
    await this.#subscription.open();
    this.#subscription.begin(CAREFUL_WINDOW, { 'x-stream-offset': from });
  }
}
