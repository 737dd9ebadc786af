import type { StoredMessage } from './stored-message.ts';
import { MissingMessages } from './types.ts';

/** What one pull gave. */
export interface Pulled {
  /** In order. They may begin before the offset that was asked for, and go past the count. */
  readonly messages: readonly StoredMessage[];
  /** Where the broker goes on: behind the messages; where there are none, at the first message that it still has. */
  readonly next: number;
}

export interface QueueReaderOptions {
  /** Asks the broker once, for at most `count` messages from `offset` on. It answers with fewer as it likes. */
  readonly pull: (offset: number, count: number) => Promise<Pulled>;
  /** Offset of the first message to read. */
  readonly from: number;
  /** Offset behind the last one. */
  readonly to: number;
  /** Pulls in flight at most, 1 and up. Default 16. */
  readonly window?: number;
  /** Bytes of bodies that have come and wait, with an estimate of what is on its way. One pull is always made. Default 8 MiB. */
  readonly maxBytes?: number;
}

const WINDOW = 16;
const MAX_BYTES = 8 * 1024 * 1024;
/** What a broker with default settings gives at most, in messages and in bytes. */
const FIRST_COUNT = 32;
const FIRST_BYTES = 256 * 1024;
/** More gains no throughput, only memory. */
const MAX_COUNT = 1_024;
/** Full answers in a row before a larger count is tried. Each try that fails doubles it. */
const FULL_ANSWERS = 2;
const MOST_FULL_ANSWERS = 256;

interface Share {
  readonly count: number;
  /** Offset behind its last message. */
  readonly to: number;
  /** What of it has come; `next` is where the rest begins. */
  readonly read: Promise<{
    readonly messages: StoredMessage[];
    readonly bytes: number;
    readonly firstCount: number;
    readonly next: number;
  }>;
  /** Once it has come. */
  bytes?: number;
}

/**
 * Reads a queue by offset, in order, with several pulls in flight: a broker gives little at once, 32 messages by default, so that one
 * pull after the other waits most of the time. Offsets of a queue are dense, so that each pull can ask for its own share of them. What a
 * broker leaves of a share is asked for again.
 */
export class QueueReader {
  readonly #options: Required<QueueReaderOptions>;
  readonly #shares: Share[] = [];
  #planned: number;
  #count = FIRST_COUNT;
  #averageBytes = FIRST_BYTES / FIRST_COUNT;
  /** The first answer shows how large messages are. Until then nothing more is asked for. */
  #isFirst = true;
  #fullAnswers = 0;
  #wantedFullAnswers = FULL_ANSWERS;

  constructor(options: QueueReaderOptions) {
    this.#options = { window: WINDOW, maxBytes: MAX_BYTES, ...options };
    this.#planned = options.from;
  }

  /**
   * Returns the next messages, undefined behind the last one. One call at a time. Throws MissingMessages where there is a gap, and what
   * `pull` throws; a reader that has thrown is not read on.
   */
  async next(): Promise<readonly StoredMessage[] | undefined> {
    this.#ask();
    const share = this.#shares.shift();
    if (share === undefined) return undefined;
    const { messages, bytes, firstCount, next } = await share.read;
    if (next < share.to) this.#shares.unshift(this.#share(next, share.to));
    this.#learn(share.count, firstCount, bytes / messages.length);
    this.#ask();
    return messages;
  }

  #ask(): void {
    const { maxBytes, to } = this.#options;
    const window = this.#isFirst ? 1 : this.#options.window;
    while (this.#planned < to && this.#shares.length < window && (this.#shares.length === 0 || this.#expectedBytes() < maxBytes)) {
      const count = Math.min(this.#count, to - this.#planned);
      this.#shares.push(this.#share(this.#planned, this.#planned + count));
      this.#planned += count;
    }
  }

  #share(from: number, to: number): Share {
    const share: Share = { count: to - from, to, read: this.#read(from, to) };
    share.read.then(
      ({ bytes }) => {
        share.bytes = bytes;
      },
      // It is reported when its turn comes, if it ever does.
      () => {},
    );
    return share;
  }

  #expectedBytes(): number {
    const next = this.#count * this.#averageBytes;
    return this.#shares.reduce((sum, { bytes, count }) => sum + (bytes ?? count * this.#averageBytes), next);
  }

  /** Reads at least one message, and no more once they have their part of the bytes: all may be larger than those before. */
  async #read(from: number, to: number) {
    const messages: StoredMessage[] = [];
    const { maxBytes, window } = this.#options;
    let bytes = 0;
    let firstCount: number | undefined;
    let offset = from;
    while (offset < to && (offset === from || bytes < maxBytes / window)) {
      const before = messages.length;
      const pulled = await this.#options.pull(offset, to - offset);
      for (const message of pulled.messages) {
        if (message.offset < offset || message.offset >= to) continue;
        if (message.offset > offset) throw new MissingMessages(offset, message.offset);
        messages.push(message);
        bytes += message.body.length;
        offset += 1;
      }
      firstCount ??= messages.length;
      if (messages.length > before) continue;
      const end = this.#options.to;
      throw new MissingMessages(offset, pulled.next > offset ? Math.min(pulled.next, end) : end);
    }
    return { messages, bytes, firstCount: firstCount ?? 0, next: offset };
  }

  /** Finds how many messages this broker gives at once. */
  #learn(asked: number, got: number, averageBytes: number): void {
    this.#isFirst = false;
    this.#averageBytes = averageBytes;
    if (got < asked) {
      // Others that are under way asked for as many, and say the same once more.
      if (asked > this.#count) return;
      this.#wantedFullAnswers = Math.min(2 * this.#wantedFullAnswers, MOST_FULL_ANSWERS);
      this.#count = Math.max(got, 1);
      this.#fullAnswers = 0;
      return;
    }
    if (asked < this.#count) return;
    this.#fullAnswers += 1;
    if (this.#fullAnswers < this.#wantedFullAnswers) return;
    this.#count = Math.min(2 * this.#count, MAX_COUNT);
    this.#fullAnswers = 0;
  }
}
