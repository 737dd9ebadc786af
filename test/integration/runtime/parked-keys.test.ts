import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { DeadLettersPage, LetterCursor, LetterWorkPage } from '../../../src/runtime/planner-api.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

describe('keys of which a record became a dead letter', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const refuse = (sink: LabSink, refused: readonly number[]) => {
    sink.target.failed = ({ records }) =>
      records.flatMap(({ offset }, index) =>
        refused.includes(offset) ? [{ index, error: new ConnectError('RECORD_REFUSED', `no ${offset}`) }] : [],
      );
  };

  /** Ten records of each of three keys in turn, of which the fifth is refused. */
  async function withLetters() {
    const [sink, topic] = [await lab.sink({ queues: 2 }), await lab.topics.create({ queues: 1 })];
    await fill(sink, 30);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic: topic, parkKeys: true } });
    refuse(sink, [5]);
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', deadLetters: 9 });
    refuse(sink, []);
    return { sink, topic };
  }

  const fill = (sink: LabSink, count: number) => sink.fill(0, count, (index) => ({ keys: [`key-${index % 3}`] }));

  /** Offset of the last record that the target has of each key. */
  const lastOf = (sink: LabSink) => Object.fromEntries(sink.target.written.map(({ key, offset }) => [String(key), offset]));

  const parked = async (sink: LabSink) =>
    (await lab.runtime.store.parkedKeys(sink.spec.name)).map(({ queue, keys }) => [queue, keys.size] as const);

  async function redrive(sink: LabSink, topic: string): Promise<number> {
    await lab.topics.admin.dispatched();
    const { letters } = await sink.ask<DeadLettersPage>({ action: 'dead-letters', connector: sink.spec.name });
    let cursor: LetterCursor | undefined = { [`${topic}:broker-a:0`]: { next: 0, end: letters.length } };
    let done = 0;
    while (cursor !== undefined) {
      const page: LetterWorkPage = await sink.ask<LetterWorkPage>({ action: 'redrive', connector: sink.spec.name, cursor });
      expect(page.failures).toEqual([]);
      done += page.done;
      cursor = page.cursor;
    }
    return done;
  }

  it('become dead letters in later runs and after another plan, and are redriven in their order while the connector is paused', async () => {
    const { sink, topic } = await withLetters();
    expect(await parked(sink)).toEqual([[sink.queue(0), 1]]);
    expect(lastOf(sink)).toEqual({ 'key-0': 27, 'key-1': 28, 'key-2': 29 });
    await sink.apply({ maxTasks: 2 });
    await fill(sink, 6);
    for (const task of [0, 1]) await sink.run({ task });
    expect(lastOf(sink)).toEqual({ 'key-0': 33, 'key-1': 34, 'key-2': 29 });
    await expect(redrive(sink, topic)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      remedy: expect.stringContaining(`pause ${sink.spec.name}`),
    });
    expect(await parked(sink)).toEqual([[sink.queue(0), 1]]);
    await sink.ask({ action: 'pause', connector: sink.spec.name });
    expect(await redrive(sink, topic)).toBe(11);
    expect(lastOf(sink)).toEqual({ 'key-0': 33, 'key-1': 34, 'key-2': 35 });
    expect((await parked(sink)).map(([, keys]) => keys)).toEqual([0]);
    await sink.ask({ action: 'resume', connector: sink.spec.name });
    await fill(sink, 3);
    for (const task of [0, 1]) expect(await sink.run({ task })).toMatchObject({ deadLetters: 0 });
    expect(lastOf(sink)).toEqual({ 'key-0': 36, 'key-1': 37, 'key-2': 38 });
  });

  it('are written by whoever read them last, and are deleted with their connector', async () => {
    const { store } = lab.runtime;
    const { sink } = await withLetters();
    const { name } = sink.spec;
    const early = await store.takeParkedKeys(name, 'q');
    expect(early).toMatchObject({ connector: name, queue: 'q', keys: new Map() });
    const late = await store.takeParkedKeys(name, 'q');
    const keys = new Map([['hash', '7@8']]);
    expect(await store.putParkedKeys({ ...early, keys })).toBeUndefined();
    const stored = await store.putParkedKeys({ ...late, keys });
    expect(stored).toEqual({ ...late, keys, version: late.version + 1 });
    // The same write once more, as after an answer that was lost.
    expect(await store.putParkedKeys({ ...late, keys })).toEqual(stored);
    expect(await store.takeParkedKeys(name, 'q')).toMatchObject({ keys });
    await sink.ask({ action: 'delete', connector: name });
    expect(await store.parkedKeys(name)).toEqual([]);
  });
});
