import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import type { DeadLetter, DeadLettersPage, LetterCursor, LetterWorkPage, LetterWorkRequest } from '../../../src/runtime/planner-api.ts';
import { deadLetters } from '../../../src/runtime/source/dead-letters.ts';
import { queueOf } from '../../../src/runtime/source/queue-of.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const refused = (reason: string) => new ConnectError('RECORD_REFUSED', reason);

describe('dead letters of a sink', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** A sink of which every tenth record of `count` is a dead letter, in one queue. */
  async function withLetters(count = 100, message: Parameters<LabSink['fill']>[2] = undefined) {
    const sink = await lab.sink({ queues: 1 });
    const topic = await lab.topics.create({ queues: 1 });
    await sink.fill(0, count, message);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic: topic } });
    refuse(sink, (offset) => offset % 10 === 3);
    await sink.run();
    await lab.topics.admin.dispatched();
    refuse(sink, () => false);
    const before = sink.target.written.length;
    const redriven = () => sink.target.written.slice(before);
    return { sink, topic, redriven };
  }

  const refuse = (sink: LabSink, isRefused: (offset: number) => boolean) => {
    sink.target.failed = ({ records }) =>
      records.flatMap(({ offset }, index) => (isRefused(offset) ? [{ index, error: refused(`no ${offset}`) }] : []));
  };

  async function list(sink: LabSink): Promise<readonly DeadLetter[]> {
    const page = await sink.ask<DeadLettersPage>({ action: 'dead-letters', connector: sink.spec.name });
    expect(page.left).toBe(0);
    return page.letters;
  }

  const whole = (topic: string, end = 1_000): LetterCursor => ({ [`${topic}:broker-a:0`]: { next: 0, end } });

  /** Page by page to the end. */
  async function work(sink: LabSink, topic: string, request: Partial<LetterWorkRequest> = {}, deps: Parameters<LabSink['ask']>[1] = {}) {
    const sum = { done: 0, settled: 0, failures: [] as LetterWorkPage['failures'] };
    let cursor: LetterCursor | undefined = whole(topic, (await list(sink)).length);
    while (cursor !== undefined) {
      const asked: LetterWorkRequest = { action: 'redrive', connector: sink.spec.name, cursor, ...request };
      const page: LetterWorkPage = await sink.ask<LetterWorkPage>({ ...asked, cursor }, deps);
      sum.done += page.done;
      sum.settled += page.settled;
      sum.failures = [...sum.failures, ...page.failures];
      cursor = page.cursor;
    }
    return sum;
  }

  it('are written as the run would have written them, in their order, and each once', async () => {
    const { sink, topic, redriven } = await withLetters(100, (index) => ({
      keys: [`key-${index}`],
      tag: 'blue',
      properties: new Map([['color', 'red']]),
    }));
    const seen = new Map(sink.target.batches.flatMap(({ records }) => records.map((record) => [record.offset, record])));
    expect(await work(sink, topic)).toEqual({ done: 10, settled: 0, failures: [] });
    expect(redriven()).toEqual(numbers(10).map((ten) => seen.get(10 * ten + 3)));
    expect(sink.target.batches.at(-1)).toMatchObject({ lane: `${topic}:broker-a:0`, partition: `${topic}:broker-a:0` });
    expect((await list(sink)).map(({ state }) => state)).toEqual(numbers(10).map(() => 'redriven'));
    expect(await work(sink, topic)).toEqual({ done: 0, settled: 10, failures: [] });
    expect(redriven()).toHaveLength(10);
  });

  it('stay where they are refused again, without a second letter, and count the attempts', async () => {
    const { sink, topic, redriven } = await withLetters();
    refuse(sink, (offset) => offset === 13 || offset === 23);
    const { done, failures } = await work(sink, topic);
    expect([done, failures.map(({ record, code, message }) => [record, code, message])]).toEqual([
      8,
      [13, 23].map((offset) => [`${sink.queue(0)}@${offset}`, 'RECORD_REFUSED', `no ${offset}`]),
    ]);
    const letters = await list(sink);
    expect(letters).toHaveLength(10);
    expect(letters.filter(({ state }) => state === 'open')).toMatchObject([{ attempts: 2 }, { attempts: 2 }]);
    refuse(sink, (offset) => offset === 13);
    expect(await work(sink, topic)).toMatchObject({ done: 1, settled: 8, failures: [{ record: `${sink.queue(0)}@13` }] });
    expect((await list(sink))[1]).toMatchObject({ state: 'open', attempts: 3 });
    expect(redriven().map(({ offset }) => offset)).toEqual([3, 33, 43, 53, 63, 73, 83, 93, 23]);
  });

  it('are chosen by place, time and code, and dropped ones come back by their place', async () => {
    const { sink, topic, redriven } = await withLetters();
    const [first, second, third] = (await list(sink)) as [DeadLetter, DeadLetter, DeadLetter];
    expect(await work(sink, topic, { codes: ['NOT_FOUND'] })).toEqual({ done: 0, settled: 0, failures: [] });
    expect(await work(sink, topic, { until: Date.parse(first.at) - 1 })).toEqual({ done: 0, settled: 0, failures: [] });
    expect(await work(sink, topic, { places: [second.place] })).toMatchObject({ done: 1 });
    expect(await work(sink, topic, { action: 'drop', places: [third.place, first.place] })).toMatchObject({ done: 2 });
    expect((await list(sink)).slice(0, 4).map(({ state }) => state)).toEqual(['dropped', 'redriven', 'dropped', 'open']);
    expect(await work(sink, topic, { codes: ['RECORD_REFUSED'] })).toMatchObject({ done: 7, settled: 3 });
    expect(await work(sink, topic, { places: [third.place, second.place] })).toMatchObject({ done: 1, settled: 1 });
    expect(redriven().map(({ offset }) => offset)).toEqual([13, 33, 43, 53, 63, 73, 83, 93, 23]);
  });

  it('that leave something out are read where they came from, as long as RocketMQ has it', async () => {
    const { sink, topic, redriven } = await withLetters(10, () => ({
      properties: new Map([['large', 'x'.repeat(32_600)]]),
      keys: ['key'],
    }));
    expect(await list(sink)).toMatchObject([{ omitted: 'keys, properties' }]);
    const messages = sink.topic;
    const seen = sink.target.batches.flatMap(({ records }) => records).find(({ offset }) => offset === 3);
    await lab.topics.admin.deleteTopic(messages);
    await lab.topics.admin.createTopic(messages, { queues: 1 });
    expect((await work(sink, topic)).failures).toMatchObject([{ code: 'POSITION_LOST', remedy: expect.stringContaining('dlq drop') }]);
    expect(redriven()).toEqual([]);
    const again = await withLetters(10, () => ({ properties: new Map([['large', 'x'.repeat(32_600)]]), keys: ['key'] }));
    expect(await work(again.sink, again.topic)).toMatchObject({ done: 1, failures: [] });
    expect(again.redriven()).toMatchObject([{ offset: 3, key: seen?.key, value: seen?.value, headers: seen?.headers }]);
  });

  it('are open where their topic was made again, whatever was redriven before', async () => {
    const { sink, topic } = await withLetters();
    expect(await work(sink, topic)).toMatchObject({ done: 10 });
    await lab.topics.admin.deleteTopic(topic);
    await lab.topics.admin.createTopic(topic, { queues: 1 });
    await sink.fill(0, 100);
    refuse(sink, (offset) => offset >= 180);
    await sink.run();
    refuse(sink, () => false);
    expect((await list(sink)).map(({ state }) => state)).toEqual(numbers(20).map(() => 'open'));
    expect(await work(sink, topic)).toMatchObject({ done: 20, settled: 0 });
    expect((await list(sink)).map(({ state }) => state)).toEqual(numbers(20).map(() => 'redriven'));
  });

  it('stay open where the target refuses everybody, and the reason is said', async () => {
    const { sink, topic, redriven } = await withLetters();
    sink.target.onWrite = () => {
      throw new ConnectError('FORBIDDEN', 'not for you');
    };
    await expect(work(sink, topic)).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'not for you' });
    expect((await list(sink)).every(({ state, attempts }) => state === 'open' && attempts === 1)).toBe(true);
    sink.target.onWrite = () => {};
    expect(await work(sink, topic)).toMatchObject({ done: 10 });
    expect(redriven()).toHaveLength(10);
  });

  it('are redriven by one process at a time, and by another one when that has died', async () => {
    const { sink, topic } = await withLetters();
    const { store } = lab.runtime;
    const taken = await store.takeRedrive(sink.spec.name, 'a dead one', Date.now() + 60_000);
    expect(taken.outcome).toBe('acquired');
    await expect(work(sink, topic)).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('a dead one') });
    expect(await work(sink, topic, {}, { isGone: (owner) => owner === 'a dead one' })).toMatchObject({ done: 10 });
    expect(await store.takeRedrive(sink.spec.name, 'next', Date.now() + 1)).toMatchObject({ lease: { epoch: 3 } });
  });

  it('lose nothing and repeat one write at most, wherever the process dies', async () => {
    const { sink, topic, redriven } = await withLetters(200);
    const places = (await list(sink)).map(({ place }) => place);
    const writesOf = (place: string) => redriven().filter(({ offset }) => offset === 10 * places.indexOf(place) + 3).length;
    const [first, ...others] = places as [string, ...string[]];
    // One redrive shows the points of death, and each of the others ends at one of them.
    const points = await redriveUntil(Number.POSITIVE_INFINITY, sink, topic, first);
    expect(points).toBeGreaterThanOrEqual(9);
    expect(points).toBeLessThanOrEqual(others.length);
    for (const [index, place] of others.slice(0, points).entries()) {
      // A lease that could not be given back is no failure: it expires.
      await redriveUntil(index + 1, sink, topic, place).catch((error: Error) => expect(error.message).toBe('the process is dead'));
      const before = writesOf(place);
      const isMarked = (await list(sink)).find((letter) => letter.place === place)?.state === 'redriven';
      expect(await work(sink, topic, { places: [place] }, { isGone: () => true })).toMatchObject(isMarked ? { settled: 1 } : { done: 1 });
      expect(writesOf(place)).toBe(isMarked ? 1 : before + 1);
    }
    expect(new Set(redriven().map(({ offset }) => offset)).size).toBe(points + 1);
    expect(redriven().length).toBeLessThanOrEqual(points + 1 + 3);
  });

  /** Redrives one letter, and dies at a call of the store or of the target: all calls from the `nth` on fail. Resolves with their number. */
  async function redriveUntil(nth: number, sink: LabSink, topic: string, place: string): Promise<number> {
    let calls = 0;
    const live = () => {
      calls += 1;
      if (calls >= nth) throw new ConnectError('INTERNAL', 'the process is dead');
    };
    const store = new Proxy(lab.runtime.store, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function' || !/etterMarks|Redrive|listTasks/.test(String(name))) return value;
        return async (...args: unknown[]) => {
          live();
          const result: unknown = await value.apply(of, args);
          live();
          return result;
        };
      },
    });
    sink.target.onWrite = live;
    try {
      await work(sink, topic, { places: [place] }, { store });
    } finally {
      sink.target.onWrite = () => {};
    }
    return calls;
  }
});

describe('dead letters of a source', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('go to their topics as the run would have sent them, and those that are not whole say what helps', async () => {
    const source = await lab.sink({ queues: 4 });
    const dead = await lab.topics.create({ queues: 1 });
    const other = await lab.topics.create({ queues: 4 });
    const { name } = source.spec;
    const base: Omit<SourceRecord, 'id'> = {
      partition: 'p-1',
      position: '1',
      key: Buffer.from('a key'),
      value: Buffer.from('v'),
      headers: [],
    };
    const records: SourceRecord[] = [
      { ...base, id: '0', tag: 'blue', timestamp: 1_700_000_000_000, headers: [{ name: 'a', value: null }] },
      { ...base, id: '1', orderingKey: 'customer 7', key: Buffer.from([0, 255]), value: null },
      { ...base, id: '2', orderingKey: 6, value: Buffer.alloc(0) },
      { ...base, id: '3', topic: other },
      { ...base, id: '4', tag: 'two words' },
      { ...base, id: '5', refused: refused('an unknown format') },
    ];
    const store = lab.runtime.store;
    await store.beginPlan(name, {
      ...source.spec,
      type: 'kafka-source',
      direction: 'source',
      errors: { ...source.spec.errors, tolerance: 'dead-letter', deadLetterTopic: dead },
    });
    const producer = await lab.topics.producer(dead);
    for (const record of records) {
      const topic = record.topic ?? source.topic;
      const toMessage = (each: SourceRecord) => recordToMessage(name, each);
      const [letter] = deadLetters(name, { record, topic, error: record.refused ?? refused('not now') }, toMessage, () => true);
      await producer.send(0, [letter as NonNullable<typeof letter>], Date.now() + 60_000);
    }
    await lab.topics.admin.dispatched();
    const request = { action: 'redrive', connector: name, cursor: { [`${dead}:broker-a:0`]: { next: 0, end: records.length } } } as const;
    const { done, failures } = await source.ask<LetterWorkPage>(request);
    expect(done).toBe(4);
    expect(failures).toMatchObject([
      { record: 'p-1@4', code: 'WRONG_STATE', message: expect.stringContaining('without tag'), remedy: expect.stringContaining('p-1@4') },
      { record: 'p-1@5', code: 'WRONG_STATE', message: expect.stringContaining('could make no record of it') },
    ]);
    const listed = await source.ask<DeadLettersPage>({ action: 'dead-letters', connector: name });
    expect(listed.letters.map(({ state, hindrance }) => [state, hindrance !== undefined])).toEqual([
      ...numbers(4).map(() => ['redriven', false]),
      ['open', true],
      ['open', true],
    ]);
    await lab.topics.admin.dispatched();
    const arrived = new Map(
      (await Promise.all([source.topic, other].map(async (topic) => [topic, await lab.topics.admin.readTopic(topic)] as const))).flatMap(
        ([topic, queues]) => queues.flatMap((messages, queue) => messages.map((message) => [`${topic} ${queue} ${message.body}`, message])),
      ),
    );
    expect(arrived.size).toBe(4);
    for (const record of records.slice(0, 4)) {
      const { body, keys, properties, tag } = recordToMessage(name, record);
      const message = arrived.get(`${record.topic ?? source.topic} ${queueOf(record, 4)} ${body}`);
      const own = { ...Object.fromEntries(properties), KEYS: keys.join(' '), ...(tag !== undefined && { TAGS: tag }) };
      expect(Object.fromEntries(message?.properties ?? [])).toMatchObject(own);
      expect([...(message?.properties.keys() ?? [])].filter((property) => property.startsWith('connect-error'))).toEqual([]);
    }
    expect((await source.ask<LetterWorkPage>(request)).done).toBe(0);
  });
});
