import { MissingMessages as Missing, type MissingMessages, type QueueMessages, type TopicQueues } from '../../rocketmq/types.ts';
import type { ReadAs, ReadMessage } from './read-message.ts';

export interface FeedOptions {
  readonly queues: TopicQueues;
  readonly name: string;
  readonly readAs: ReadAs;
  /** Bytes that may be read and wait, and bytes of a batch. One message may pass either. */
  readonly maxBytes: number;
  /** A batch holds no more. */
  readonly maxRecords: number;
}

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
  readonly #waiting: ReadMessage[] = [];

  constructor(options: FeedOptions, from: number, to: number) {
    this.#options = options;
    this.#to = to;
    this.#read = from;
    this.#reader = this.#open(from, to);
  }

  /**
   * Resolves with the next messages; with an empty list at the end; with MissingMessages at a gap, behind which `goOn` goes on. `take`
   * says of each message whether the run still takes it in: the first that it refuses ends the batch. Rejects as `QueueMessages.next` does.
   */
  async next(take: (bytes: number) => boolean): Promise<readonly ReadMessage[] | MissingMessages> {
    const { maxBytes, maxRecords } = this.#options;
    const batch: ReadMessage[] = [];
    for (let bytes = 0; batch.length < maxRecords && bytes < maxBytes; ) {
      if (this.#waiting.length === 0 && !(await this.#fill())) break;
      const message = this.#waiting[0] as ReadMessage;
      if (!take(message.bytes)) return batch;
      batch.push(message);
      this.#waiting.shift();
      bytes += message.bytes;
    }
    return batch.length === 0 && this.#gap !== undefined ? this.#gap : batch;
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
      const { name, readAs } = this.#options;
      for (const message of messages) {
        this.#waiting.push(readAs(name, message));
        this.#read = message.offset + 1;
      }
      return true;
    } catch (error) {
      if (!(error instanceof Missing) || this.#gap !== undefined) throw error;
      // Messages before the gap came with it, and are still to be copied.
      this.#gap = error;
      this.#reader = this.#open(this.#read, error.from);
      return this.#fill();
    }
  }

  #open(from: number, to: number): QueueMessages {
    const { queues, name, maxBytes } = this.#options;
    return queues.read(name, { from, to, maxBytes });
  }
}
