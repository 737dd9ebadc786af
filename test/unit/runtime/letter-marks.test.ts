import { describe, expect, it } from '@jest/globals';
import { type MarkStore, Marks } from '../../../src/runtime/dead-letters/marks.ts';
import { LetterQueues, messageWith } from './letter-queues.ts';
import { MemoryMarks } from './memory-marks.ts';

const QUEUE = 'dead:b:0';

const messages = Array.from({ length: 3_000 }, (_, offset) => messageWith(offset));
const queues = new LetterQueues({ [QUEUE]: messages });
const at = (offset: number) => messages[offset] as (typeof messages)[number];
const load = (store: MarkStore, from = queues) => Marks.load(store, 'orders', from);
const statesOf = (marks: Marks, offsets: readonly number[]) =>
  Promise.all(offsets.map(async (offset) => (await marks.of(QUEUE, at(offset))).state));

describe('marks of dead letters', () => {
  it('are one write and about a kilobyte for 1,024 letters', async () => {
    const store = new MemoryMarks();
    const marks = await load(store);
    for (const { offset } of messages) if (offset % 3 !== 0) await marks.set(QUEUE, at(offset), offset % 3 === 1 ? 'redriven' : 'dropped');
    await marks.save();
    await marks.save();
    expect(store.writes).toBe(3);
    for (const { states } of store.items.values()) expect(states.length).toBeLessThanOrEqual(1_024);
    const later = await load(store);
    expect(await statesOf(later, [0, 1, 2, 1_023, 1_024, 2_998, 2_999])).toEqual([
      'open',
      'redriven',
      'dropped',
      'open',
      'redriven',
      'redriven',
      'dropped',
    ]);
    expect(Marks.areTogether(0, 1_023)).toBe(true);
    expect(Marks.areTogether(1_023, 1_024)).toBe(false);
  });

  it('count what is refused again, up to 64 times', async () => {
    const store = new MemoryMarks();
    for (let attempt = 2; attempt <= 80; attempt += 1) {
      const marks = await load(store);
      await marks.set(QUEUE, at(7), 'refused');
      await marks.save();
      expect(await (await load(store)).of(QUEUE, at(7))).toEqual({ state: 'open', attempts: Math.min(attempt, 64) });
    }
  });

  it('keep the count when a letter is dropped or redriven, and its state when it is refused once more', async () => {
    const marks = await load(new MemoryMarks());
    const seen = [];
    for (const what of ['refused', 'dropped', 'refused', 'redriven'] as const) {
      await marks.set(QUEUE, at(7), what);
      seen.push(await marks.of(QUEUE, at(7)));
    }
    expect(seen).toEqual([
      { state: 'open', attempts: 2 },
      { state: 'dropped', attempts: 2 },
      { state: 'dropped', attempts: 3 },
      { state: 'redriven', attempts: 3 },
    ]);
  });

  it('of two writers are both kept', async () => {
    const store = new MemoryMarks();
    const [one, other] = [await load(store), await load(store)];
    await one.set(QUEUE, at(1), 'redriven');
    await one.set(QUEUE, at(2), 'dropped');
    await other.set(QUEUE, at(2), 'redriven');
    await other.set(QUEUE, at(900), 'refused');
    await one.save();
    await other.save();
    const both = await load(store);
    expect(await statesOf(both, [1, 2, 900])).toEqual(['redriven', 'redriven', 'open']);
    expect(await both.of(QUEUE, at(900))).toMatchObject({ attempts: 2 });
    // The writer that was faster knows it, too, once it writes again.
    await one.set(QUEUE, at(3), 'dropped');
    await one.save();
    expect(await statesOf(await load(store), [1, 2, 3])).toEqual(['redriven', 'redriven', 'dropped']);
  });

  it('end with an error where others write all the time', async () => {
    const store = new MemoryMarks();
    const marks = await load(store);
    await marks.set(QUEUE, at(1), 'redriven');
    store.onWrite = () => {
      const version = (store.items.get(`${QUEUE} 0`)?.version ?? 0) + 1;
      store.items.set(`${QUEUE} 0`, {
        connector: 'orders',
        queue: QUEUE,
        stretch: 0,
        states: new Uint8Array(),
        last: { offset: -1, storedAt: 0 },
        version,
      });
    };
    await expect(marks.save()).rejects.toMatchObject({ code: 'THROTTLED', retriable: true });
  });

  it('count for nothing once the topic was made again', async () => {
    const store = new MemoryMarks();
    const marks = await load(store);
    await marks.set(QUEUE, at(1), 'redriven');
    await marks.set(QUEUE, at(5), 'redriven');
    await marks.save();
    const another = new LetterQueues({
      [QUEUE]: messages.slice(0, 100).map((message) => ({ ...message, storedAt: message.storedAt + 1 })),
    });
    expect(await (await load(store, another)).of(QUEUE, at(1))).toMatchObject({ state: 'open' });
    const shorter = new LetterQueues({ [QUEUE]: messages.slice(0, 3) });
    const anew = await load(store, shorter);
    expect(await anew.of(QUEUE, at(1))).toMatchObject({ state: 'open' });
    await anew.set(QUEUE, at(2), 'dropped');
    await anew.save();
    expect(await statesOf(await load(store, shorter), [1, 2])).toEqual(['open', 'dropped']);
  });

  it('are forgotten with the letters that RocketMQ has removed', async () => {
    const store = new MemoryMarks();
    const marks = await load(store);
    for (const offset of [5, 1_500, 2_500]) await marks.set(QUEUE, at(offset), 'redriven');
    await marks.save();
    const left = new LetterQueues({ [QUEUE]: messages.slice(1_024) });
    await (await load(store, left)).forgetRemoved([QUEUE, 'dead:b:1']);
    expect([...store.items.values()].map(({ stretch }) => stretch)).toEqual([1, 2]);
  });
});
