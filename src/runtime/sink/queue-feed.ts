import {
  type MessageFilter,
  MissingMessages as Missing,
  type MissingMessages,
  type QueueMessages,
  type StoredMessage,
  type TopicQueues,
} from '../../rocketmq/types.ts';
import type { ReadAs, ReadMessage } from './read-message.ts';

export interface FeedOptions {
  readonly queues: TopicQueues;
  readonly name: string;
  readonly readAs: ReadAs;
  /** Bytes that may be read and wait, and bytes of a batch. One message may pass either. */
  readonly maxBytes: number;
  /** A batch holds no more. */
  readonly maxRecords: number;
  /** Default: all messages become records. */
  readonly filter?: MessageFilter | undefined;
}

/** The next messages of a queue. */
export interface Batch {
  readonly messages: readonly ReadMessage[];
  /** The last message behind them that the filter leaves out: the queue goes on behind it. */
  readonly passed?: StoredMessage;
}

/** A stretch of messages that the filter leaves out. */
interface Passed {
  readonly last: StoredMessage;
  readonly count: number;
}

/** A batch passes over no more: what was passed is to be stored now and then, however few messages the filter takes. */
const MOST_PASSED = 16_000;

/** Makes batches of a queue's messages, up to its end as it was when the run began. */
export class QueueFeed {
  readonly #options: FeedOptions;
  readonly #to: number;
  #reader: QueueMessages;
  /** Offset behind the last message that `reader` has given. */
  #read: number;
  /** What is missing once the reader has come to its end. */
  #gap: MissingMessages | undefined;
  #isAtEnd = false;
  /** Messages become records as they are taken: until then they take less memory. */
  readonly #waiting: Array<StoredMessage | Passed> = [];
  /** How many were left out since the last one that waits. */
  #leftOut = 0;

  constructor(options: FeedOptions, from: number, to: number) {
    this.#options = options;
    this.#to = to;
    this.#read = from;
    this.#reader = this.#open(from, to);
  }

  /**
   * Resolves with the next messages; with none and nothing `passed` at the end; with MissingMessages at a gap, behind which `goOn` goes on.
   * `take` says of each message whether the run still takes it in: the first that it refuses ends the batch. Rejects as
   * `QueueMessages.next` does.
   */
  async next(take: (bytes: number) => boolean): Promise<Batch | MissingMessages> {
    const { name, readAs, maxBytes, maxRecords } = this.#options;
    const messages: ReadMessage[] = [];
    let passed: StoredMessage | undefined;
    for (let bytes = 0, count = 0; messages.length < maxRecords && bytes < maxBytes && count < MOST_PASSED; ) {
      if (this.#waiting.length === 0 && !(await this.#fill())) break;
      const [next] = this.#waiting;
      if (next === undefined) continue;
      if ('last' in next) {
        passed = next.last;
        count += next.count;
      } else {
        const read = readAs(name, next);
        if (!take(read.bytes)) break;
        passed = undefined;
        messages.push(read);
        bytes += read.bytes;
      }
      this.#waiting.shift();
    }
    if (passed !== undefined) return { messages, passed };
    return messages.length === 0 && this.#waiting.length === 0 && this.#gap !== undefined ? this.#gap : { messages };
  }

  /** Goes on behind the gap. */
  goOn(): void {
    if (this.#gap === undefined) return;
    this.#read = this.#gap.to;
    this.#gap = undefined;
    this.#isAtEnd = false;
    this.#reader = this.#open(this.#read, this.#to);
  }

  /** Returns false where no more messages come before the end or a gap. */
  async #fill(): Promise<boolean> {
    if (this.#isAtEnd) return false;
    try {
      const messages = await this.#reader.next();
      if (messages === undefined) {
        this.#isAtEnd = true;
        return false;
      }
      for (const message of messages) this.#add(message);
      return true;
    } catch (error) {
      if (!(error instanceof Missing) || this.#gap !== undefined) throw error;
      // Messages before the gap came with it, and are still to be copied.
      this.#gap = error;
      this.#reader = this.#open(this.#read, error.from);
      return this.#fill();
    }
  }

  #add(message: StoredMessage): void {
    this.#read = message.offset + 1;
    if (message.leftOut !== true) {
      this.#leftOut = 0;
      this.#waiting.push(message);
      return;
    }
    this.#leftOut += 1;
    // A position has the time of the message before it, or nobody could tell a topic that was made again.
    if (message.storedAt === 0) return;
    this.#waiting.push({ last: message, count: this.#leftOut });
    this.#leftOut = 0;
  }

  #open(from: number, to: number): QueueMessages {
    const { queues, name, maxBytes, filter } = this.#options;
    return queues.read(name, { from, to, maxBytes, filter });
  }
}
