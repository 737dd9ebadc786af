import { type ConnectError, type PollLimit, type Position, recordBytes, type SourceRecord } from '../../api/index.ts';
import { type BasicProperties, readBasicProperties } from './basic-properties.ts';
import type { Delivery } from './intake.ts';
import type { Reader } from './reader.ts';
import { toRecord } from './record.ts';
import { streamOffset, withoutOffset } from './stream-offset.ts';
import { notAStream, type StreamBounds } from './stream-offsets.ts';
import type { StreamStart } from './stream-start.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';
import { FIRST_WINDOW, nextWindow } from './window.ts';

/** A stream that sends nothing for so long has nothing from a time on. */
const NOTHING_LATER_MS = 1_000;

export interface StreamReaderOptions extends SubscriptionOptions {
  /** Undefined where the stream is empty. */
  readonly bounds: StreamBounds | undefined;
  readonly start: StreamStart;
  /** The start is the runtime's own, not found by looking. */
  readonly stored: boolean;
  /** Part of the room for this partition. */
  readonly share: number;
}

/** Reads a stream from its position to the end that it has when the run begins. A position is the offset of the next message. */
export class StreamReader implements Reader {
  readonly name: string;
  readonly queue: string;
  readonly #options: StreamReaderOptions;
  readonly #subscription: Subscription;
  readonly #end: number;
  /** The next message's offset; undefined until the first message where the start is no offset. */
  #position: number | undefined;
  #told: boolean;
  /** Handed out, and so acknowledged: to the server that only means room for more. */
  #handedOut = 0;
  readonly #openedAt = Date.now();

  constructor(options: StreamReaderOptions) {
    this.name = options.queue;
    this.queue = options.queue;
    this.#options = options;
    this.#end = options.bounds?.end ?? 0;
    this.#position = typeof options.start === 'number' ? options.start : undefined;
    this.#told = options.stored;
    this.#subscription = new Subscription(options);
  }

  async open(): Promise<void> {
    if (!this.#isAtEnd()) await this.#subscription.open();
  }

  begin(): void {
    if (!this.#isAtEnd()) this.#subscription.begin(FIRST_WINDOW, { 'x-stream-offset': this.#options.start });
  }

  get failure(): ConnectError | undefined {
    return this.#subscription.failure;
  }

  get finished(): boolean {
    return this.#isAtEnd();
  }

  get bufferedRecords(): number {
    return this.#isAtEnd() ? 0 : this.#subscription.buffered.length;
  }

  get bufferedBytes(): number {
    return this.bufferedRecords * this.#subscription.averageBytes;
  }

  get waiting(): boolean {
    return this.#isAtEnd();
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    let bytes = 0;
    let seen = 0;
    let taken = 0;
    for (const delivery of this.#subscription.buffered) {
      if (this.#isAtEnd() || taken === maxRecords) break;
      const properties = readBasicProperties(delivery.rawProperties);
      const offset = this.#offsetOf(properties);
      // A start that was found by a time must be stored before its first record is sent.
      if (this.#position === undefined) {
        this.#position = offset;
        break;
      }
      // The server sends whole parts of a stream.
      if (offset >= this.#position) {
        const record = this.#toRecord(delivery, properties, offset);
        const size = recordBytes(record);
        if (bytes + size > maxBytes && into.length > 0) break;
        into.push(record);
        bytes += size;
        taken += 1;
        this.#position = offset + 1;
        this.#told = true;
      }
      seen += 1;
    }
    this.#handedOut += seen;
    this.#subscription.remove(seen);
    this.#subscription.acknowledge(this.#handedOut);
    if (this.#isAtEnd()) this.#subscription.abandon();
    return bytes;
  }

  /** Nothing to do: the offset is kept in the store. */
  acknowledge(): void {}

  adapt(limit: PollLimit): void {
    const { window, averageBytes, received } = this.#subscription;
    const next = this.#position;
    if (next === undefined || received === 0) return;
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

  /** Nothing was written since the time to start at. */
  async starve(): Promise<void> {
    if (this.#subscription.received === 0 && Date.now() - this.#openedAt > NOTHING_LATER_MS) this.#position ??= this.#end;
  }

  close(): Promise<void> {
    return this.#subscription.close();
  }

  /** The offset behind the last message that was received. */
  #receivedUpTo(): number {
    const last = this.#subscription.buffered.at(-1);
    const offset = last === undefined ? undefined : streamOffset(readBasicProperties(last.rawProperties));
    return offset === undefined ? (this.#position as number) : offset + 1;
  }

  #isAtEnd(): boolean {
    return this.#options.bounds === undefined || (this.#position !== undefined && this.#position >= this.#end);
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
