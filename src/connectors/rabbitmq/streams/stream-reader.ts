import { ConnectError, type Logger, type PollLimit, type Position, recordBytes, type SourceRecord } from '../../../api/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import { type BasicProperties, readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import { notAStream } from '../protocol/errors.ts';
import type { Delivery } from '../protocol/intake.ts';
import { type Reader, refusedRecord, toRecord } from '../read/reader.ts';
import { StreamFeed, type StreamStart } from './stream-feed.ts';
import { StreamGaps } from './stream-gaps.ts';
import { firstOffset, type StreamLook } from './stream-offsets.ts';
import { markOf, positionOf, streamOffset, withoutOffset } from './stream-place.ts';

/** A stream that sends nothing for so long has nothing from a time on, as far as this run is concerned. */
const NOTHING_LATER_MS = 1_000;
export interface StreamReaderOptions extends Lender {
  readonly name: string;
  readonly queue: string;
  /** The stream's own connection, and those that follow: a batch that the server can't take apart ends one. */
  readonly connection: RabbitmqConnection;
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
  readonly #feed: StreamFeed;
  /** The next message's offset; undefined until the first message where the start is no offset. */
  #position: number | undefined;
  #told: boolean;
  #left = false;
  readonly #gaps: StreamGaps;
  readonly #openedAt = Date.now();

  constructor(options: StreamReaderOptions) {
    this.name = options.name;
    this.queue = options.queue;
    this.#options = options;
    this.#end = options.look.bounds?.end ?? 0;
    this.#position = typeof options.start === 'number' ? options.start : undefined;
    this.#told = options.isKnown;
    this.#feed = new StreamFeed({ ...options, end: this.#end, position: () => this.#position, isAtEnd: () => this.#isAtEnd() });
    const { queue: stream, onOffsetGap, onChange, logger } = options;
    const { serverVersion } = options.connection;
    this.#gaps = new StreamGaps({ stream, serverVersion, onOffsetGap, onChange, logger, firstOffset: () => firstOffset(options, stream) });
  }

  async open(): Promise<void> {
    if (!this.#isAtEnd()) await this.#feed.open();
  }

  begin(): void {
    if (!this.#isAtEnd()) this.#feed.begin(this.#position ?? this.#options.start);
  }

  get failure(): ConnectError | undefined {
    return this.#feed.failure;
  }

  get finished(): boolean {
    return this.#isAtEnd();
  }

  get bufferedRecords(): number {
    if (this.#isAtEnd() || this.#gaps.isLooking) return 0;
    return this.#feed.buffered.length + (this.#unreadable === undefined ? 0 : 1);
  }

  get bufferedBytes(): number {
    return this.bufferedRecords * this.#feed.averageBytes;
  }

  get waiting(): boolean {
    return this.#isAtEnd();
  }

  get connection(): RabbitmqConnection {
    return this.#feed.connection;
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
    for (const delivery of this.#feed.buffered) {
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
    this.#feed.remove(seen);
    const unreadable = this.#unreadable;
    const { readableFrom } = this.#feed;
    if (taken < maxRecords && this.#feed.buffered.length === 0 && unreadable !== undefined)
      into.push(this.#passOver(unreadable, readableFrom, notTakenApart(this.queue, unreadable, readableFrom)));
    if (this.#isAtEnd()) this.#feed.abandon();
    return bytes;
  }

  /** Nothing to do: the offset is kept in the store. */
  acknowledge(): void {}

  adapt(limit: PollLimit): void {
    this.#feed.adapt(this.#options.share, limit);
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
    if (typeof start === 'number' || this.#feed.received > 0 || Date.now() - this.#openedAt <= NOTHING_LATER_MS) return;
    this.#position ??= this.#end;
    this.#told = true;
  }

  leave(): void {
    this.#left = true;
    this.#feed.abandon();
  }

  close(): Promise<void> {
    return this.#feed.close(() => this.#gaps.settled());
  }

  /** The offset from which on nothing can be read for a while. */
  get #unreadable(): number | undefined {
    return this.#position !== undefined && this.#position < this.#feed.readableFrom ? this.#position : undefined;
  }

  /** Whether offsets that gave nothing are no loss, or why they are one; undefined while that is not known. */
  #judge(from: number, to: number): 'pass' | ConnectError | undefined {
    if (from < this.#feed.readableFrom) return notTakenApart(this.queue, from, to);
    try {
      return this.#gaps.judge({ from, to, receivedUpTo: this.#feed.receivedUpTo() });
    } catch (error) {
      this.#feed.fail(error);
      return undefined;
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

  #isAtEnd(): boolean {
    return this.#left || this.#options.look.bounds === undefined || (this.#position !== undefined && this.#position >= this.#end);
  }

  #offsetOf(properties: BasicProperties): number {
    const offset = streamOffset(properties);
    if (offset === undefined) throw notAStream(this.queue, 'source');
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
