import {
  ConnectError,
  type Logger,
  type PollLimit,
  type Position,
  recordBytes,
  type SourceRecord,
  toConnectError,
} from '../../../api/index.ts';
import { ReceiveRoom } from '../../../kit/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import { type BasicProperties, readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { notAStream } from '../protocol/errors.ts';
import type { Delivery } from '../protocol/intake.ts';
import type { Reader } from '../read/reader.ts';
import { refusedRecord, toRecord } from '../read/record.ts';
import { Subscription } from '../read/subscription.ts';
import { FIRST_WINDOW, nextWindow } from '../read/window.ts';
import { StreamGaps } from './stream-gaps.ts';
import { streamOffset, withoutOffset } from './stream-offset.ts';
import { firstOffset, type StreamLook } from './stream-offsets.ts';
import { markOf, positionOf } from './stream-place.ts';
import type { StreamStart } from './stream-start.ts';
import { readableAfter } from './unreadable-range.ts';

/** A stream that sends nothing for so long has nothing from a time on, as far as this run is concerned. */
const NOTHING_LATER_MS = 1_000;
/** One part of the stream after the other: what comes before a batch that breaks the server down comes, then. */
const CAREFUL_WINDOW = 1;
/** A connection that does not end in order in time is ended. */
const CLOSE_MS = 1_500;

export interface StreamReaderOptions {
  readonly name: string;
  readonly queue: string;
  /** The stream's own connection, and those that follow: a batch that the server can't take apart ends one. */
  readonly connection: RabbitmqConnection;
  lend(): Promise<RabbitmqConnection>;
  giveBack(connection: RabbitmqConnection): void;
  readonly onChange: () => void;
  readonly look: StreamLook;
  readonly start: StreamStart;
  /** The start need not be told: it is the runtime's own, not found by looking. */
  readonly isKnown: boolean;
  /** Part of the room for this partition. */
  readonly share: number;
  readonly onOffsetGap: RabbitmqSourceConfig['onOffsetGap'];
  readonly logger: Logger;
}

/** Reads a stream from its position to the end that it has when the run begins. A position is the offset of the next message. */
export class StreamReader implements Reader {
  readonly name: string;
  readonly queue: string;
  readonly #options: StreamReaderOptions;
  readonly #end: number;
  #connection: RabbitmqConnection;
  #subscription: Subscription;
  #forget = () => {};
  /** The next message's offset; undefined until the first message where the start is no offset. */
  #position: number | undefined;
  #told: boolean;
  /** Handed out of this subscription, and so acknowledged: to the server that only means room for more. */
  #handedOut = 0;
  /** Nothing below can be read. */
  #readableFrom = 0;
  #careful = false;
  #left = false;
  #closing = false;
  #recovering: Promise<void> | undefined;
  #failure: ConnectError | undefined;
  readonly #gaps: StreamGaps;
  readonly #openedAt = Date.now();

  constructor(options: StreamReaderOptions) {
    this.name = options.name;
    this.queue = options.queue;
    this.#options = options;
    this.#end = options.look.bounds?.end ?? 0;
    this.#position = typeof options.start === 'number' ? options.start : undefined;
    this.#told = options.isKnown;
    this.#connection = options.connection;
    this.#subscription = this.#subscribe(options.connection);
    const { queue: stream, onOffsetGap, onChange, logger } = options;
    const { serverVersion } = options.connection;
    this.#gaps = new StreamGaps({ stream, serverVersion, onOffsetGap, onChange, logger, firstOffset: () => this.#firstOffset() });
  }

  async open(): Promise<void> {
    if (!this.#isAtEnd()) await this.#subscription.open();
  }

  begin(): void {
    if (!this.#isAtEnd()) this.#subscription.begin(FIRST_WINDOW, { 'x-stream-offset': this.#position ?? this.#options.start });
  }

  get failure(): ConnectError | undefined {
    if (this.#failure !== undefined || this.#isAtEnd()) return this.#failure;
    return this.#recovering !== undefined || this.#connection.brokeDown ? undefined : this.#subscription.failure;
  }

  get finished(): boolean {
    return this.#isAtEnd();
  }

  get bufferedRecords(): number {
    if (this.#isAtEnd() || this.#gaps.isLooking) return 0;
    return this.#subscription.buffered.length + (this.#unreadable === undefined ? 0 : 1);
  }

  get bufferedBytes(): number {
    return this.bufferedRecords * this.#subscription.averageBytes;
  }

  get waiting(): boolean {
    return this.#isAtEnd();
  }

  get connection(): RabbitmqConnection {
    return this.#connection;
  }

  get unknown(): string | undefined {
    return this.#options.look.unknown;
  }

  notices(): readonly string[] {
    return this.#gaps.notices();
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    let bytes = 0;
    let seen = 0;
    let taken = 0;
    let last: Delivery | undefined;
    for (const delivery of this.#subscription.buffered) {
      if (this.#isAtEnd() || taken === maxRecords) break;
      const properties = readBasicProperties(delivery.rawProperties);
      const offset = this.#offsetOf(properties);
      // A start that was found by a time must be stored before its first record is sent.
      if (this.#position === undefined) {
        this.#position = offset;
        break;
      }
      if (offset > this.#position) {
        const verdict = this.#judge(this.#position, offset);
        if (verdict === undefined) break;
        if (verdict !== 'pass') {
          into.push(this.#passOver(this.#position, offset, verdict));
          last = undefined;
          taken += 1;
          if (taken === maxRecords) break;
        }
      }
      // The server sends whole parts of a stream.
      if (offset >= this.#position) {
        const record = this.#toRecord(delivery, properties, offset);
        const size = recordBytes(record);
        if (bytes + size > maxBytes && into.length > 0) break;
        into.push(record);
        last = delivery;
        bytes += size;
        taken += 1;
        this.#moveTo(offset + 1);
      }
      seen += 1;
    }
    // A run that ends in order ends at such a place.
    if (last !== undefined) into.push(marked(into.pop() as SourceRecord, last));
    this.#handedOut += seen;
    this.#subscription.remove(seen);
    this.#subscription.acknowledge(this.#handedOut);
    const unreadable = this.#unreadable;
    if (taken < maxRecords && this.#subscription.buffered.length === 0 && unreadable !== undefined)
      into.push(this.#passOver(unreadable, this.#readableFrom, notTakenApart(this.queue, unreadable, this.#readableFrom)));
    if (this.#isAtEnd()) this.#subscription.abandon();
    return bytes;
  }

  /** Nothing to do: the offset is kept in the store. */
  acknowledge(): void {}

  adapt(limit: PollLimit): void {
    const { window, averageBytes, received } = this.#subscription;
    const next = this.#position;
    if (this.#careful || next === undefined || received === 0) return;
    const target = nextWindow(window, averageBytes, this.#options.share, this.#end - next, limit);
    if (target !== undefined && target > window) this.#subscription.resize(target, () => ({ 'x-stream-offset': this.#receivedUpTo() }));
  }

  untoldPosition(): Position | undefined {
    if (this.#told || this.#position === undefined || this.#position > this.#end) return undefined;
    this.#told = true;
    return String(this.#position);
  }

  lag(): number {
    return this.#position === undefined ? 0 : Math.max(0, this.#end - this.#position);
  }

  /** Nothing seems to have come since the time to start at. It stays the start: a silent server may only be busy, or the time to come. */
  async starve(): Promise<void> {
    const { start } = this.#options;
    if (typeof start === 'number' || this.#subscription.received > 0 || Date.now() - this.#openedAt <= NOTHING_LATER_MS) return;
    this.#position ??= this.#end;
    this.#told = true;
  }

  leave(): void {
    this.#left = true;
    this.#subscription.abandon();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#forget();
    await this.#recovering;
    await this.#gaps.settled();
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
    if (this.#closing || this.#recovering !== undefined || this.#isAtEnd() || !this.#connection.brokeDown) {
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
    const { lend, giveBack, queue } = this.#options;
    const isStuck = this.#careful && this.#subscription.received === 0;
    const position = this.#position;
    if (position === undefined) throw this.#connection.failure;
    this.#careful = true;
    if (isStuck) {
      const range = { lend, giveBack, stream: queue, from: position, end: this.#end, isGivenUp: () => this.#closing };
      this.#readableFrom = await readableAfter(range);
    }
    const from = Math.max(position, this.#readableFrom);
    this.#subscription.abandon();
    if (this.#closing || from >= this.#end) return;
    this.#subscription = this.#subscribe(await lend());
    await this.#subscription.open();
    this.#subscription.begin(CAREFUL_WINDOW, { 'x-stream-offset': from });
  }

  /** The offset from which on nothing can be read for a while. */
  get #unreadable(): number | undefined {
    return this.#position !== undefined && this.#position < this.#readableFrom ? this.#position : undefined;
  }

  /** Whether offsets that gave nothing are no loss, or why they are one; undefined while that is not known. */
  #judge(from: number, to: number): 'pass' | ConnectError | undefined {
    if (from < this.#readableFrom) return notTakenApart(this.queue, from, to);
    try {
      return this.#gaps.judge({ from, to, receivedUpTo: this.#receivedUpTo() });
    } catch (error) {
      this.#failure ??= toConnectError(error);
      return undefined;
    }
  }

  /** Undefined where the server breaks down over it. */
  async #firstOffset(): Promise<number | undefined> {
    const { lend, giveBack, queue } = this.#options;
    const connection = await lend();
    try {
      return await firstOffset(connection, queue);
    } catch (error) {
      if (connection.brokeDown) return undefined;
      throw error;
    } finally {
      giveBack(connection);
    }
  }

  #passOver(from: number, to: number, reason: ConnectError): SourceRecord {
    this.#moveTo(to);
    return refusedRecord(undefined, { partition: this.name, position: String(to), id: String(from) }, reason);
  }

  #moveTo(position: number): void {
    this.#position = position;
    this.#told = true;
  }

  /** The offset behind the last message that was received. */
  #receivedUpTo(): number {
    const last = this.#subscription.buffered.at(-1);
    const offset = last === undefined ? undefined : streamOffset(readBasicProperties(last.rawProperties));
    return offset === undefined ? (this.#position as number) : offset + 1;
  }

  #isAtEnd(): boolean {
    return this.#left || this.#options.look.bounds === undefined || (this.#position !== undefined && this.#position >= this.#end);
  }

  #offsetOf(properties: BasicProperties): number {
    const offset = streamOffset(properties);
    if (offset === undefined) throw notAStream(this.queue);
    return offset;
  }

  #toRecord(delivery: Delivery, properties: BasicProperties, offset: number): SourceRecord {
    return toRecord(delivery, withoutOffset(properties), { partition: this.name, position: String(offset + 1), id: String(offset) });
  }
}

const marked = (record: SourceRecord, delivery: Delivery): SourceRecord => ({
  ...record,
  position: positionOf({ offset: Number(record.position), mark: markOf(delivery) }),
});

const notTakenApart = (stream: string, from: number, to: number): ConnectError =>
  new ConnectError('RECORD_REFUSED', `RabbitMQ can't take apart what stream ${stream} has from offset ${from} to ${to - 1}`, {
    remedy: 'write without compression, which RabbitMQ does not take apart for AMQP',
  });
