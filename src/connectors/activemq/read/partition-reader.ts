import type { Delivery } from 'rhea';
import type { ConnectError, Position, SourceRecord } from '../../../api/index.ts';
import { type ReceiveRoom, State, type Taker } from '../../../kit/index.ts';
import type { ConsumerSpec } from '../config/consumers.ts';
import type { AmqpConnection } from '../protocol/amqp-connection.ts';
import type { AmqpLink, Received } from '../protocol/amqp-link.ts';
import { fingerprint } from '../protocol/amqp-message.ts';
import { openConsumer } from '../protocol/open-consumer.ts';
import { Credit, settled } from './credit.ts';
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
  readonly received: Received;
  readonly delivery: Delivery;
}

/** `asking`: the broker is asked whether there is more. */
type Phase = 'reading' | 'asking' | 'finished';

/**
 * Reads one partition to its end: until the broker, asked for it, has nothing more. A failure may come in any state, and changes none.
 *
 *             nothing came for a while
 *   reading ────────────────────────────▶ asking
 *      │  ▲                                │  │
 *      │  └────────────────────────────────┘  │ it has nothing more, as often as it takes to be sure
 *      │     something came, or no answer     ▼
 *      └──────────────────────────────────▶ finished
 *              leave, as while asking
 */
export class PartitionReader implements Taker {
  readonly #options: ReaderOptions;
  readonly #credit: Credit;
  #link: AmqpLink | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Handed out and not acknowledged. */
  readonly #out: Delivery[] = [];
  #handedOut: number;
  #cameWhileAsking = false;
  /** In a row, without a message between. */
  #emptyAnswers = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: ConnectError | undefined;
  /** Of the first message. */
  #first: string | undefined;
  /** Came after the end. */
  #late = 0;
  #onLateAnswer: () => void = () => {};
  readonly #phase = new State<Phase>('reading', {
    // An answer may come late, when nobody waits for it any more.
    reading: ['reading', 'asking', 'finished'],
    asking: ['reading', 'finished'],
    finished: ['finished'],
  });

  private constructor(options: ReaderOptions) {
    this.#options = options;
    this.#credit = new Credit(options.budgetBytes);
    this.#handedOut = options.copied;
  }

  /** Asks for nothing yet: the answers that others wait for, on this connection, would come behind it. */
  static async open(options: ReaderOptions): Promise<PartitionReader> {
    const reader = new PartitionReader(options);
    reader.#link = await openConsumer(options.connection, options.spec, {
      message: (received, delivery) => reader.#came(received, delivery),
      drained: () => reader.#drained(false),
      failed: (error) => reader.#fail(error),
    });
    return reader;
  }

  get finished(): boolean {
    return this.#phase.now === 'finished';
  }

  get partition(): string {
    return this.#options.spec.partition;
  }

  /** Why nothing more comes, once all that came before is taken. */
  get failure(): ConnectError | undefined {
    return this.#waiting.length === 0 ? this.#failure : undefined;
  }

  get options(): ReaderOptions {
    return this.#options;
  }

  /** Tells the first message that this run had, also where it comes again. */
  get first(): string | undefined {
    return this.#first;
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    let taken = 0;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      if (taken === maxRecords) break;
      // Of the bytes on the wire, which are about those of the record.
      if (into.length > 0 && bytes + waiting.received.bytes.length > maxBytes) break;
      into.push(this.#record(waiting));
      taken += 1;
      bytes += waiting.received.bytes.length;
    }
    this.#waiting.splice(0, taken);
    this.#waitingBytes -= bytes;
    if (bytes > 0) this.#options.room.remove(bytes);
    return bytes;
  }

  /** Asks for more where there is room, and for the end where nothing comes. */
  pump(): void {
    if (this.#phase.now !== 'reading' || this.#failure !== undefined || this.#link === undefined) return;
    const more = this.#credit.more(this.#link.credit, this.#waitingBytes);
    if (more > 0) this.#link.addCredit(more);
    if (this.#waiting.length === 0) this.#timer ??= setTimeout(() => this.#lookAgain(), QUIET_MS + this.#link.answerMs);
  }

  /** RocketMQ has everything up to `position`. */
  acknowledge(position: Position): void {
    const before = this.#handedOut - this.#out.length;
    this.#link?.accept(this.#out.splice(0, Number(position) - before));
  }

  /** Asks once more, after the end: whether something came since. */
  async asksAgain(): Promise<boolean> {
    const before = this.#late;
    if (this.#link === undefined || this.#failure !== undefined) return false;
    this.#link.addCredit(1);
    await settled(this.#link, (drained) => {
      this.#onLateAnswer = drained;
    });
    return this.#late > before;
  }

  /** Reads no more, and gives back what waits when it is closed. What is out can still be acknowledged. */
  leave(): void {
    this.#stopWaiting();
    this.#phase.enter('finished');
    this.#options.room.remove(this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  async close(): Promise<void> {
    this.leave();
    await this.#link?.close();
  }

  #record({ received, delivery }: Waiting): SourceRecord {
    const { spec, session } = this.#options;
    this.#handedOut += 1;
    this.#out.push(delivery);
    this.#first ??= fingerprint(received.bytes);
    const { partition, source } = spec;
    return toRecord(received, { partition, source, position: String(this.#handedOut), fallbackId: `${session}-${delivery.id}` });
  }

  #came(received: Received, delivery: Delivery): void {
    if (this.finished) {
      this.#late += 1;
      this.#onLateAnswer();
      return;
    }
    if (this.#phase.now !== 'asking') this.#stopWaiting();
    this.#cameWhileAsking = true;
    this.#emptyAnswers = 0;
    const { length } = received.bytes;
    this.#waiting.push({ received, delivery });
    this.#waitingBytes += length;
    this.#credit.saw(length);
    this.#options.room.add(length);
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
    this.#phase.enter('asking');
    this.#cameWhileAsking = false;
    this.#timer = setTimeout(() => this.#drained(true), ANSWER_MS + 2 * (this.#link?.answerMs ?? 0));
    this.#link?.drain();
  }

  /** A broker that is asked may answer with the first of many messages only: the end is where there was none. */
  #drained(unanswered: boolean): void {
    // The answer may come while the link is being closed.
    if (this.finished) {
      this.#onLateAnswer();
      return;
    }
    this.#stopWaiting();
    if (this.#cameWhileAsking) this.#emptyAnswers = 0;
    else if (!unanswered && this.#phase.now === 'asking') this.#emptyAnswers += 1;
    this.#phase.enter(this.#emptyAnswers >= ANSWERS ? 'finished' : 'reading');
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
