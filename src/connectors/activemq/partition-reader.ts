import type { Delivery } from 'rhea';
import { ConnectError, type Position, type ReceiveRoom, type SourceRecord, type Taker } from '../../api/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { AmqpLink } from './amqp-link.ts';
import type { ConsumerSpec } from './consumers.ts';
import { Credit } from './credit.ts';
import { toRecord } from './record-mapping.ts';

/** After so long, and the way there and back, without a message the broker is asked whether there is one: it may just be slow. */
const QUIET_MS = 25;
/** For its answer, besides the way. Classic forgets to give one where a message comes in while it is asked: then it is asked again. */
const ANSWER_MS = 200;
/** Answers that make an end: a broker that has just opened a link may say that there is nothing before it has looked. */
const ANSWERS = 2;

export interface ReaderOptions {
  readonly connection: AmqpConnection;
  readonly spec: ConsumerSpec;
  /** What was copied before this run, of which the records' positions go on. */
  readonly copied: number;
  /** Names deliveries of messages without an id. */
  readonly session: string;
  readonly budgetBytes: number;
  readonly room: ReceiveRoom;
  /** Something came, ended or failed. */
  readonly onChange: () => void;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly delivery: Delivery;
}

/** Reads one partition to its end: until the broker, asked for it, has nothing more. */
export class PartitionReader implements Taker {
  readonly #options: ReaderOptions;
  readonly #credit: Credit;
  #link: AmqpLink | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Handed out and not acknowledged. */
  readonly #out: Delivery[] = [];
  #handedOut: number;
  #draining = false;
  #cameWhileDraining = false;
  /** In a row, without a message between. */
  #emptyAnswers = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: ConnectError | undefined;
  finished = false;

  private constructor(options: ReaderOptions) {
    this.#options = options;
    this.#credit = new Credit(options.budgetBytes);
    this.#handedOut = options.copied;
  }

  /** Asks for nothing yet: the answers that others wait for, on this connection, would come behind it. */
  static async open(options: ReaderOptions): Promise<PartitionReader> {
    const reader = new PartitionReader(options);
    reader.#link = await AmqpLink.open(options.connection, options.spec, {
      message: (bytes, delivery) => reader.#came(bytes, delivery),
      drained: () => reader.#drained(false),
      failed: (error) => reader.#fail(error),
    });
    return reader;
  }

  get partition(): string {
    return this.#options.spec.partition;
  }

  get failure(): ConnectError | undefined {
    return this.#failure;
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    let taken = 0;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      if (taken === maxRecords) break;
      // Of the bytes on the wire, which are about those of the record.
      if (into.length > 0 && bytes + waiting.bytes.length > maxBytes) break;
      into.push(this.#record(waiting));
      taken += 1;
      bytes += waiting.bytes.length;
    }
    this.#waiting.splice(0, taken);
    this.#waitingBytes -= bytes;
    if (bytes > 0) this.#options.room.remove(bytes);
    return bytes;
  }

  /** Asks for more where there is room, and for the end where nothing comes. */
  pump(): void {
    if (this.finished || this.#draining || this.#failure !== undefined || this.#link === undefined) return;
    const more = this.#credit.more(this.#link.credit, this.#waitingBytes);
    if (more > 0) this.#link.addCredit(more);
    if (this.#waiting.length === 0) this.#timer ??= setTimeout(() => this.#lookAgain(), QUIET_MS + this.#link.answerMs);
  }

  /** RocketMQ has everything up to `position`. */
  acknowledge(position: Position): void {
    const before = this.#handedOut - this.#out.length;
    this.#link?.accept(this.#out.splice(0, Number(position) - before));
  }

  async close(): Promise<void> {
    this.#stopWaiting();
    this.finished = true;
    this.#options.room.remove(this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#link?.close();
  }

  #record({ bytes, delivery }: Waiting): SourceRecord {
    const { spec, session } = this.#options;
    this.#handedOut += 1;
    this.#out.push(delivery);
    const position = String(this.#handedOut);
    try {
      return toRecord(bytes, spec.partition, position, `${session}-${delivery.id}`);
    } catch (error) {
      const message = `record ${position} of ${spec.kind} ${spec.address} is no AMQP message`;
      throw new ConnectError('RECORD_REFUSED', message, { cause: error, remedy: 'remove it from there, then resume the connector' });
    }
  }

  #came(bytes: Buffer, delivery: Delivery): void {
    if (this.finished) return;
    if (!this.#draining) this.#stopWaiting();
    this.#cameWhileDraining = true;
    this.#emptyAnswers = 0;
    this.#waiting.push({ bytes, delivery });
    this.#waitingBytes += bytes.length;
    this.#credit.saw(bytes.length);
    this.#options.room.add(bytes.length);
    this.#options.onChange();
  }

  /** A process that was busy finds the time over before it has read what came meanwhile. */
  #lookAgain(): void {
    const timer = this.#timer;
    setImmediate(() => {
      if (timer === this.#timer) this.#askForEnd();
    });
  }

  #askForEnd(): void {
    this.#draining = true;
    this.#cameWhileDraining = false;
    this.#timer = setTimeout(() => this.#drained(true), ANSWER_MS + 2 * (this.#link?.answerMs ?? 0));
    this.#link?.drain();
  }

  /** A broker that is asked may answer with the first of many messages only: the end is where there was none. */
  #drained(unanswered: boolean): void {
    // The answer may come while the link is being closed.
    if (this.finished) return;
    this.#stopWaiting();
    if (this.#cameWhileDraining) this.#emptyAnswers = 0;
    else if (!unanswered && this.#draining) this.#emptyAnswers += 1;
    this.finished = this.#emptyAnswers >= ANSWERS;
    this.#draining = false;
    if (unanswered) this.#link?.addCredit(1);
    this.pump();
    this.#options.onChange();
  }

  #fail(error: ConnectError): void {
    this.#stopWaiting();
    this.#failure = error;
    this.#options.onChange();
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
