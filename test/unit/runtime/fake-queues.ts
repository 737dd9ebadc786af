import { type Pull, readByPulls } from '../../../src/rocketmq/matching-pull.ts';
import type { QueueMessages, ReadRange, StoredMessage, TopicQueues } from '../../../src/rocketmq/types.ts';

/** A message of a queue whose clock counts seconds by offset. */
export const messageAt = (offset: number, madeAt = 0): StoredMessage => ({
  queue: 0,
  offset,
  body: Buffer.from(String(offset)),
  properties: new Map(),
  bornAt: madeAt + offset,
  storedAt: madeAt + offset,
});

/** One queue with messages from `min` up to and without `max`, less those that are `missing`. */
export class FakeQueues implements TopicQueues {
  readonly names = ['t:b:0'];
  min: number;
  max: number;
  missing: ReadonlySet<number> = new Set();
  madeAt = 0;
  /** What a filter takes, by offset. */
  matches: (offset: number) => boolean = () => true;
  /** The key of a message; undefined for none. */
  keyOf: (offset: number) => string | undefined = () => undefined;
  /** Bodies have so many bytes at least. */
  bodyBytes = 0;
  /** Messages that no record can be made of. */
  damaged: ReadonlySet<number> = new Set();
  /** The highest offset that it has given. */
  highest = -1;

  constructor(min: number, max: number) {
    this.min = min;
    this.max = max;
  }

  async bounds() {
    return { min: this.min, max: this.max };
  }

  async storedAt(_: string, offset: number): Promise<number | undefined> {
    return offset >= this.min && offset < this.max ? messageAt(offset, this.madeAt).storedAt : undefined;
  }

  async at(_: string, time: number): Promise<number> {
    return Math.min(this.max, Math.max(this.min, time - this.madeAt));
  }

  read(_: string, range: ReadRange): QueueMessages {
    const pull: Pull = async (from, count, wanted) => {
      let offset = Math.max(from, this.min);
      const messages: StoredMessage[] = [];
      const end = Math.min(this.max, offset + 800);
      for (; offset < end && messages.length < Math.min(count, 7); offset += 1)
        if (!this.missing.has(offset) && (wanted === undefined || this.matches(offset))) messages.push(this.#message(offset));
      this.highest = Math.max(this.highest, offset);
      return { messages, next: offset, isElsewhere: false };
    };
    return readByPulls(pull, range);
  }

  async offsetOf(): Promise<undefined> {}

  async tell(): Promise<string[]> {
    return [];
  }

  close(): void {}

  #message(offset: number): StoredMessage {
    const key = this.keyOf(offset);
    const message = { ...messageAt(offset, this.madeAt), body: Buffer.from(String(offset).padEnd(this.bodyBytes)) };
    if (this.damaged.has(offset)) {
      return { ...message, compressed: true, properties: new Map(key === undefined ? [] : [['__SHARDINGKEY', key]]) };
    }
    return key === undefined ? message : { ...message, properties: new Map([['KEYS', key]]) };
  }
}
