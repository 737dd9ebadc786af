import { ConnectError } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { QueueParking } from './queue-parking.ts';
import type { ReadMessage } from './read-message.ts';
import { BREAKER_RECORDS } from './refusal-breaker.ts';
import type { SinkDeadLetterSender } from './sink-dead-letter-sender.ts';

export interface RefusalOptions {
  readonly topic: string;
  /** Name of the queue. */
  readonly partition: string;
  readonly errors: ErrorsSpec;
  /** It knows which places a user lets the run pass over. */
  readonly stops: PartitionStops;
  readonly deadLetters: SinkDeadLetterSender;
  /** Where keys are parked. Default: none are. */
  readonly parking?: QueueParking | undefined;
}

/** Where a batch can't go on. */
export interface Halt {
  readonly read: ReadMessage;
  readonly error: ConnectError;
  /** True where the queue stops at the record; false where the task fails. */
  readonly stopsQueue: boolean;
}

/** The refused messages of one batch, and what becomes of them. */
export class BatchRefusals {
  readonly #options: RefusalOptions;
  readonly #batch: readonly ReadMessage[];
  readonly #refused = new Map<ReadMessage, ConnectError>();
  readonly #sent = new Set<ReadMessage>();
  readonly #parked = new Set<ReadMessage>();
  /** The first refused message of each key that this batch parks, by hash. */
  readonly #firsts = new Map<string, ReadMessage>();

  constructor(options: RefusalOptions, batch: readonly ReadMessage[]) {
    this.#options = options;
    this.#batch = batch;
  }

  /** Notes that a message is refused for good. Returns false where nothing behind it is to be written in this run. */
  refuse(read: ReadMessage, error: ConnectError): boolean {
    if (this.passesOver(read, error)) return true;
    this.#refused.set(read, error);
    if (error.code === 'RECORD_REFUSED') this.#parkBehind(read);
    return this.#makesDeadLetters && !this.#isTooMany;
  }

  /** Records behind a message that is none are parked before the batch is written, where its key is known. */
  parkBehindUnreadable(messages: readonly ReadMessage[]): void {
    if (this.#options.parking === undefined) return;
    for (const read of messages) if (read.refused !== undefined && !this.passesOver(read, read.refused)) this.#parkBehind(read);
  }

  /**
   * Says whether a record is behind a dead letter of its key, and notes it as refused then. It is not to be written; one that was, with the
   * refused record in one batch, is redriven behind that one.
   */
  park(read: ReadMessage): boolean {
    const { parking } = this.#options;
    if (parking === undefined || this.#refused.has(read)) return false;
    const reason = parking.reasonFor(read, this.#firsts);
    if (reason === undefined) return false;
    if (this.passesOver(read, reason)) return true;
    this.#refused.set(read, reason);
    this.#parked.add(read);
    return true;
  }

  /** How many are parked behind a dead letter: they say nothing about the configuration. */
  get parked(): number {
    return this.#parked.size;
  }

  /** Notes those of the messages that are no records. */
  refuseUnreadable(messages: readonly ReadMessage[]): void {
    for (const read of messages) if (read.refused !== undefined && !this.#refused.has(read)) this.refuse(read, read.refused);
  }

  passesOver({ message }: ReadMessage, { message: reason }: ConnectError): boolean {
    const { stops, partition } = this.#options;
    return stops.passesOver({ partition, id: String(message.offset) }, reason);
  }

  /**
   * Makes dead letters of what is noted, each once, in the order of the queue. Resolves with the first message at which the batch can't go on,
   * if there is one. Rejects where no dead letter can be sent at all. `judged`: of so many records of this batch and others, too many are
   * refused.
   */
  async settle(judged = this.#isTooMany ? this.#batch.length : undefined): Promise<Halt | undefined> {
    const refused = [...this.#refused].sort(([a], [b]) => a.message.offset - b.message.offset);
    const [first] = refused;
    if (first === undefined) return undefined;
    if (judged !== undefined && this.#makesDeadLetters) return { read: first[0], error: this.#tooMany(refused, judged), stopsQueue: false };
    // Marks come before their dead letters: a record that comes again after a death must not be tried again where it has one.
    const full = await this.#options.parking?.park([...this.#firsts.values()].filter((read) => !this.#sent.has(read)));
    for (const [read, error] of refused) {
      if (this.#sent.has(read)) continue;
      if (full?.read === read) return { read, error: full.error, stopsQueue: true };
      const reason = await this.#sendOrStop(read, error);
      if (reason !== undefined) return { read, error: reason, stopsQueue: true };
      this.#sent.add(read);
    }
    return undefined;
  }

  /** Why the queue stops at a message of which no dead letter is made. */
  stopsAt({ message }: ReadMessage, { code, message: reason, remedy, cause }: ConnectError): ConnectError {
    const dead = 'set errors.tolerance to dead-letter';
    return new ConnectError(code, `record ${this.#options.partition}@${message.offset}: ${reason}`, {
      remedy: remedy === undefined ? dead : `${remedy}; or ${dead}`,
      cause,
    });
  }

  #parkBehind(read: ReadMessage): void {
    const hash = this.#makesDeadLetters ? this.#options.parking?.hashOf(read) : undefined;
    if (hash === undefined) return;
    const known = this.#firsts.get(hash);
    if (known === undefined || read.message.offset < known.message.offset) this.#firsts.set(hash, read);
  }

  get #makesDeadLetters(): boolean {
    return this.#options.errors.tolerance === 'dead-letter';
  }

  /** How many are refused without being expected to be. */
  get unexpected(): number {
    return [...this.#refused.values()].filter(({ expected }) => !expected).length;
  }

  get #isTooMany(): boolean {
    const judged = this.#batch.length - this.parked;
    return this.#makesDeadLetters && judged >= BREAKER_RECORDS && this.unexpected > judged / 2;
  }

  #tooMany(refused: ReadonlyArray<readonly [ReadMessage, ConnectError]>, judged: number): ConnectError {
    const [read, error] = refused.find(([, { expected }]) => !expected) as (typeof refused)[number];
    const { code, message, remedy } = error;
    const sent = this.#sent.size === 0 ? 'none' : `no more than ${this.#sent.size}`;
    const many = `more than half of ${judged} records are refused, so that ${sent} became a dead letter`;
    return new ConnectError(code, `${many}; the first is ${this.#options.partition}@${read.message.offset}: ${message}`, {
      remedy: remedy ?? 'correct the sink section, or the target',
      cause: error,
    });
  }

  /** Makes a dead letter. Resolves with an error where the queue stops at the record instead. */
  async #sendOrStop(read: ReadMessage, error: ConnectError): Promise<ConnectError | undefined> {
    const { deadLetters, partition, topic, parking } = this.#options;
    // What a dead letter can't make up for has another code.
    if (error.code !== 'RECORD_REFUSED') return error;
    return this.#makesDeadLetters
      ? deadLetters.send({ read, partition, topic, error, keyHash: parking?.hashOf(read) })
      : this.stopsAt(read, error);
  }
}
