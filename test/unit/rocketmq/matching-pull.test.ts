import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Pull, pullMatching } from '../../../src/rocketmq/matching-pull.ts';
import { QueueReader } from '../../../src/rocketmq/queue-reader.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import { MissingMessages } from '../../../src/rocketmq/types.ts';

const TIME = 1_000_000;
const filter = { tags: ['Aa'] };
/** The same hash as `Aa` has. */
const LIKE_IT = 'BB';

/** A queue at a broker that compares hashes of tags, looks at so many entries a pull and gives so many messages. */
class TaggedQueue {
  /** Messages before it are gone. */
  min = 0;
  /** The broker's index still has entries for those that are gone. */
  isStale = false;
  readonly #tags: readonly string[];
  readonly #looksAt: number;
  readonly #gives: number;
  asked = 0;

  constructor(tags: readonly string[], { looksAt = 800, gives = 32 } = {}) {
    this.#tags = tags;
    this.#looksAt = looksAt;
    this.#gives = gives;
  }

  readonly pull: Pull = async (offset, count, wanted) => {
    this.asked += 1;
    if (offset < this.min && !this.isStale) return { messages: [], next: this.min, isElsewhere: true };
    const messages: StoredMessage[] = [];
    let next = offset;
    const end = Math.min(this.#tags.length, offset + Math.max(count, this.#looksAt));
    for (; next < end && messages.length < Math.min(count, this.#gives); next += 1) {
      const tag = this.#tags[next] as string;
      if (next >= this.min && (wanted === undefined || tag === 'Aa' || tag === LIKE_IT)) messages.push(this.#message(next, tag));
    }
    return { messages, next, isElsewhere: false };
  };

  #message(offset: number, tag: string): StoredMessage {
    const properties = new Map([['TAGS', tag]]);
    return { queue: 0, offset, body: Buffer.from(String(offset)), properties, bornAt: TIME, storedAt: TIME + offset };
  }

  /** The offsets of messages that are wanted, of those that are passed over, and of the latter those of which the time is known. */
  async read(from: number, to: number, window = 16) {
    const reader = new QueueReader({ pull: (offset, count) => pullMatching(this.pull, offset, count, filter), from, to, window });
    const all: StoredMessage[] = [];
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) all.push(...part);
    expect(all.map(({ offset }) => offset)).toEqual(Array.from({ length: to - from }, (_, index) => from + index));
    return {
      taken: all.filter(({ leftOut }) => leftOut !== true).map(({ offset }) => offset),
      known: all.filter(({ leftOut, storedAt }) => leftOut === true && storedAt > 0),
      last: all.at(-1),
    };
  }
}

const tagged = (count: number, at: readonly number[], others = 'other') =>
  Array.from({ length: count }, (_, offset) => (at.includes(offset) ? 'Aa' : others));

describe('a pull of messages that a filter takes', () => {
  it('finds each of them once, in order, however the broker answers, and knows the time of each last one that it passes over', async () => {
    const cases = fc.record({
      tags: fc.array(fc.constantFrom('Aa', LIKE_IT, 'other', 'other', 'other'), { minLength: 1, maxLength: 500 }),
      from: fc.integer({ min: 0, max: 100 }),
      looksAt: fc.integer({ min: 1, max: 100 }),
      gives: fc.integer({ min: 1, max: 40 }),
      window: fc.integer({ min: 1, max: 16 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ tags, from, looksAt, gives, window }) => {
        const begin = Math.min(from, tags.length);
        const { taken, known, last } = await new TaggedQueue(tags, { looksAt, gives }).read(begin, tags.length, window);
        expect(taken).toEqual(tags.flatMap((tag, offset) => (tag === 'Aa' && offset >= begin ? [offset] : [])));
        for (const { offset, storedAt } of known) expect(storedAt).toBe(TIME + offset);
        if (last !== undefined) expect(last.storedAt).toBe(TIME + tags.length - 1);
      }),
      { numRuns: 200 },
    );
  });

  it('takes few requests where few match', async () => {
    const queue = new TaggedQueue(tagged(100_000, [5, 50_000, 99_999]));
    expect((await queue.read(0, 100_000)).taken).toEqual([5, 50_000, 99_999]);
    expect(queue.asked).toBeLessThan(600);
  });

  it('compares tags, of which brokers compare hashes', async () => {
    expect((await new TaggedQueue(tagged(100, [7], LIKE_IT)).read(0, 100)).taken).toEqual([7]);
  });

  it.each([
    ['that its index no longer has', false],
    ['that its index still has', true],
  ])('does not pass over messages which the broker has removed, %s', async (_, isStale) => {
    const queue = new TaggedQueue(tagged(100, [60]));
    queue.min = 40;
    queue.isStale = isStale;
    const reading = queue.read(0, 100);
    await expect(reading).rejects.toThrow(MissingMessages);
    await expect(reading).rejects.toMatchObject({ from: 0, to: 40 });
  });

  it('does not pass over messages which the broker removes while it answers', async () => {
    const queue = new TaggedQueue(tagged(2_000, [10, 1_500]), { looksAt: 100 });
    const { pull } = queue;
    const purging: Pull = async (offset, count, wanted) => {
      if (wanted !== undefined && offset >= 300 && queue.min === 0) Object.assign(queue, { min: offset + 10, isStale: true });
      return pull(offset, count, wanted);
    };
    const reader = new QueueReader({
      pull: (offset, count) => pullMatching(purging, offset, count, filter),
      from: 0,
      to: 2_000,
      window: 1,
    });
    const read: number[] = [];
    const readAll = async () => {
      for (let part = await reader.next(); part !== undefined; part = await reader.next()) read.push(...part.map(({ offset }) => offset));
    };
    const failure = await readAll().catch((error: unknown) => error);
    expect(failure).toMatchObject({ from: queue.min - 10, to: queue.min });
    expect(read).toHaveLength(queue.min - 10);
  });
});
