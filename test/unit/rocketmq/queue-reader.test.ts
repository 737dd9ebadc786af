import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Pulled, QueueReader, type QueueReaderOptions } from '../../../src/rocketmq/queue-reader.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import { MissingMessages } from '../../../src/rocketmq/types.ts';

const message = (offset: number, bytes = 10): StoredMessage => ({
  queue: 0,
  offset,
  body: Buffer.alloc(bytes),
  properties: new Map(),
  bornAt: 0,
  storedAt: 0,
});

/** A broker that gives at most `most` messages at once, and answers in any order. */
class FakeQueue {
  asked: Array<{ readonly offset: number; readonly count: number }> = [];
  inFlight = 0;
  mostInFlight = 0;

  readonly #end: number;
  readonly #most: () => number;
  readonly #options: { readonly begin?: number; readonly bytes?: number; readonly batch?: number };

  constructor(
    end: number,
    most: () => number,
    options: { readonly begin?: number; readonly bytes?: number; readonly batch?: number } = {},
  ) {
    this.#end = end;
    this.#most = most;
    this.#options = options;
  }

  readonly pull: QueueReaderOptions['pull'] = async (offset, count) => {
    this.asked.push({ offset, count });
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight -= 1;
    return this.#answer(offset, count);
  };

  #answer(offset: number, count: number): Pulled {
    const { begin = 0, bytes, batch = 1 } = this.#options;
    if (offset < begin) return { messages: [], next: begin };
    const first = Math.floor(offset / batch) * batch;
    const last = Math.min(this.#end, first + Math.ceil(Math.min(count, this.#most()) / batch) * batch);
    const messages = Array.from({ length: Math.max(0, last - first) }, (_, index) => message(first + index, bytes));
    return { messages, next: last };
  }
}

async function readAll(reader: QueueReader): Promise<number[]> {
  const offsets: number[] = [];
  for (let part = await reader.next(); part !== undefined; part = await reader.next()) offsets.push(...part.map(({ offset }) => offset));
  return offsets;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('a reader of a queue', () => {
  it('gives each message once, in order, however many the broker gives at once', async () => {
    const queues = fc.record({
      from: fc.integer({ min: 0, max: 50 }),
      count: fc.integer({ min: 0, max: 1_000 }),
      window: fc.integer({ min: 1, max: 20 }),
      most: fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 }),
      batch: fc.integer({ min: 1, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(queues, async ({ from, count, window, most, batch }) => {
        let turn = 0;
        const queue = new FakeQueue(from + count + 100, () => most[turn++ % most.length] as number, { batch });
        const reader = new QueueReader({ pull: queue.pull, from, to: from + count, window });
        expect(await readAll(reader)).toEqual(range(from, from + count));
        expect(queue.mostInFlight).toBeLessThanOrEqual(window);
      }),
      { numRuns: 100 },
    );
  });

  it('asks for many shares at a time, each as large as the broker gives', async () => {
    const queue = new FakeQueue(20_000, () => 32);
    expect(await readAll(new QueueReader({ pull: queue.pull, from: 0, to: 20_000 }))).toHaveLength(20_000);
    expect(queue.mostInFlight).toBe(16);
    // 625 answers are needed. Each try of a larger count asks twice for the same.
    expect(queue.asked.length).toBeLessThan(1.25 * 625);
  });

  it('asks for more at a time where the broker gives more', async () => {
    const queue = new FakeQueue(100_000, () => 4_000);
    expect(await readAll(new QueueReader({ pull: queue.pull, from: 0, to: 100_000 }))).toHaveLength(100_000);
    expect(Math.max(...queue.asked.map(({ count }) => count))).toBe(1_024);
    expect(queue.asked.length).toBeLessThan(300);
  });

  it('has no more bytes under way than it may, but for one pull', async () => {
    const queue = new FakeQueue(2_000, () => 32, { bytes: 100_000 });
    const reader = new QueueReader({ pull: queue.pull, from: 0, to: 2_000, maxBytes: 10_000_000 });
    await reader.next();
    queue.mostInFlight = 0;
    expect(await readAll(reader)).toHaveLength(2_000 - 32);
    expect(queue.mostInFlight).toBeLessThanOrEqual(4);
  });

  it('holds few bytes where messages are much larger than those before', async () => {
    const sizes = (offset: number) => (offset < 20_000 ? 100 : 100_000);
    let held = 0;
    let mostHeld = 0;
    const pull = async (offset: number, count: number): Promise<Pulled> => {
      const messages: StoredMessage[] = [];
      for (let bytes = 0; messages.length < count && bytes < 256 * 1024; bytes += sizes(offset + messages.length - 1))
        messages.push(message(offset + messages.length, sizes(offset + messages.length)));
      held += messages.reduce((sum, { body }) => sum + body.length, 0);
      mostHeld = Math.max(mostHeld, held);
      return { messages, next: offset + messages.length };
    };
    const reader = new QueueReader({ pull, from: 0, to: 21_000, maxBytes: 1024 * 1024 });
    const offsets: number[] = [];
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) {
      offsets.push(...part.map(({ offset }) => offset));
      held -= part.reduce((sum, { body }) => sum + body.length, 0);
    }
    expect(offsets).toEqual(range(0, 21_000));
    expect(mostHeld).toBeLessThan(6 * 1024 * 1024);
  });

  it.each([
    ['deleted since', new FakeQueue(100, () => 32, { begin: 40 }), { from: 0, to: 100 }, { from: 0, to: 40 }],
    ['of a topic that was made again, and is shorter', new FakeQueue(10, () => 32), { from: 0, to: 100 }, { from: 10, to: 100 }],
  ])('does not pass over messages: %s', async (_, { pull }, places, missing) => {
    const reading = readAll(new QueueReader({ pull, ...places }));
    await expect(reading).rejects.toThrow(MissingMessages);
    await expect(reading).rejects.toMatchObject(missing);
  });

  it('does not pass over a message that is missing between others', async () => {
    const pull = async (): Promise<Pulled> => ({ messages: [message(0), message(2)], next: 3 });
    await expect(readAll(new QueueReader({ pull, from: 0, to: 3 }))).rejects.toMatchObject({ from: 1, to: 2 });
  });

  it('gives what came before a failure', async () => {
    const queue = new FakeQueue(100, () => 32);
    const pull: QueueReaderOptions['pull'] = async (offset, count) => {
      if (offset >= 64) throw new Error('gone');
      return queue.pull(offset, count);
    };
    const reader = new QueueReader({ pull, from: 0, to: 100 });
    expect(await reader.next()).toHaveLength(32);
    expect(await reader.next()).toHaveLength(32);
    await expect(reader.next()).rejects.toThrow('gone');
  });
});
