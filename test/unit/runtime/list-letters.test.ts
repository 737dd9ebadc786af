import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { showMessage } from '../../../src/rocketmq/letters.ts';
import type { QueuesModule, StoredMessage, TopicQueues } from '../../../src/rocketmq/types.ts';
import { listLetters } from '../../../src/runtime/dead-letters/list-letters.ts';
import type { MarkStore } from '../../../src/runtime/dead-letters/marks.ts';
import type { LetterDeps } from '../../../src/runtime/dead-letters/open-topic.ts';

import { showLetter } from '../../../src/runtime/dead-letters/show-letter.ts';
import type { DeadLetter, DeadLettersPage, LetterCursor } from '../../../src/runtime/planner-api.ts';
import { letterProperties } from '../../../src/runtime/run/letter-properties.ts';
import { connectorSpec } from '../../support/specs.ts';
import { LetterQueues, messageWith } from './letter-queues.ts';

const base = connectorSpec({ name: 'orders' });
const spec = { ...base, errors: { ...base.errors, tolerance: 'dead-letter' as const, deadLetterTopic: 'dead' } };

const letterOf = (connector: string, offset: number): StoredMessage =>
  messageWith(
    offset,
    letterProperties({
      connector,
      error: new ConnectError('RECORD_REFUSED', `no ${offset}`),
      refusedAt: 'write',
      topic: 't',
      partition: 'p',
      position: String(offset),
      omitted: '',
    }),
  );

const depsOf = (queues: TopicQueues): LetterDeps & { readonly store: MarkStore } => ({
  store: { letterMarks: async () => [] } as unknown as MarkStore,
  resolveSecrets: async (value) => value,
  loadLetters: async () => ({ openQueues: async () => queues, showMessage }) as never,
  clients: {} as never,
});

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

async function all(queues: LetterQueues, request: { since?: number; until?: number; topic?: string } = {}) {
  const letters: DeadLetter[] = [];
  const pages: DeadLettersPage[] = [];
  let cursor: LetterCursor | undefined;
  do {
    const page: DeadLettersPage = await listLetters(spec, { ...request, ...(cursor && { cursor }) }, depsOf(queues));
    expect(JSON.parse(JSON.stringify(page))).toEqual(page);
    pages.push(page);
    letters.push(...page.letters);
    cursor = page.cursor;
  } while (cursor !== undefined);
  const sum = (of: (page: DeadLettersPage) => number) => pages.reduce((total, page) => total + of(page), 0);
  return {
    places: letters.map(({ place }) => place),
    pages: pages.length,
    looked: sum(({ looked }) => looked),
    others: sum(({ others }) => others),
    unnamed: sum(({ unnamed }) => unnamed),
    missing: sum(({ missing }) => missing),
    gone: sum(({ gone }) => gone),
  };
}

describe('a list of dead letters', () => {
  it('has those of its connector alone, and counts the others', async () => {
    const queues = new LetterQueues({
      'dead:b:0': [letterOf('orders', 0), letterOf('flights', 1), messageWith(2), letterOf('orders', 3)],
      'dead:b:1': [],
      'dead:b:2': [letterOf('orders', 0)],
    });
    expect(await all(queues)).toEqual({
      places: ['b:0@0', 'b:0@3', 'b:2@0'],
      pages: 1,
      looked: 5,
      others: 1,
      unnamed: 1,
      missing: 0,
      gone: 0,
    });
    expect(queues.closed).toBe(1);
  });

  it('comes in pages, and ends at the end as it was at the first of them', async () => {
    const messages = numbers(0, 5_001).map((offset) => letterOf('orders', offset));
    const first = await listLetters(spec, {}, depsOf(new LetterQueues({ 'dead:b:0': messages.slice(0, 5_000) })));
    expect(first.letters.length).toBeGreaterThanOrEqual(1_000);
    expect(first).toMatchObject({ left: 5_000 - first.letters.length, looked: first.letters.length });
    const later = new LetterQueues({ 'dead:b:0': messages });
    let { letters, cursor } = first;
    while (cursor !== undefined) {
      const page: DeadLettersPage = await listLetters(spec, { cursor }, depsOf(later));
      letters = [...letters, ...page.letters];
      cursor = page.cursor;
    }
    expect(letters.map(({ place }) => place)).toEqual(numbers(0, 5_000).map((offset) => `b:0@${offset}`));
  });

  it('says how many messages are not there any more, at the beginning and between others', async () => {
    const messages = [...numbers(7, 12), ...numbers(40, 45)].map((offset) => letterOf('orders', offset));
    const found = await all(new LetterQueues({ 'dead:b:0': messages }));
    expect(found).toMatchObject({ looked: 10, gone: 7, missing: 28 });
    expect(found.places).toHaveLength(10);
  });

  it('has those of a time, its ends among them', async () => {
    const messages = numbers(0, 10).map((offset) => letterOf('orders', offset));
    const queues = new LetterQueues({ 'dead:b:0': messages });
    expect((await all(queues, { since: 3_000, until: 5_000 })).places).toEqual(['b:0@3', 'b:0@4', 'b:0@5']);
    expect(await all(queues, { since: 99_000 })).toMatchObject({ places: [], looked: 0 });
  });

  it('is refused where the connector has no dead-letter topic, and may name an earlier one', async () => {
    const queues = new LetterQueues({ 'dead:b:0': [letterOf('orders', 0)] });
    await expect(listLetters(base, {}, depsOf(queues))).rejects.toMatchObject({
      code: 'WRONG_STATE',
      remedy: expect.stringContaining('--topic'),
    });
    expect((await listLetters(base, { topic: 'dead' }, depsOf(queues))).letters).toHaveLength(1);
  });

  it('names the option where the topic is missing', async () => {
    const deps = depsOf(new LetterQueues({}));
    const openQueues: QueuesModule['openQueues'] = async (_, { names, option }) => {
      throw new ConnectError('NOT_FOUND', `${option}: no topic ${names.join()}`, { remedy: 'create it' });
    };
    const missing = { ...deps, loadLetters: async () => ({ openQueues }) as never };
    await expect(listLetters(spec, {}, missing)).rejects.toMatchObject({
      message: 'errors.deadLetterTopic: no topic dead',
      remedy: 'create it',
    });
  });
});

describe('one dead letter', () => {
  const queues = new LetterQueues({ 'dead:b:0': [letterOf('orders', 5), letterOf('flights', 6), messageWith(7)] });
  const show = (place: string) => showLetter(spec, { place }, depsOf(queues));

  it('is shown with its record', async () => {
    expect(await show('b:0@5')).toMatchObject({ reason: 'no 5', deadLetterTopic: 'dead', message: { value: '5', bytes: 1 } });
    expect(await show('dead:b:0@5')).toEqual(await show('b:0@5'));
  });

  it.each([
    ['b:0', 'CONFIG_INVALID', 'no place of a dead letter'],
    ['b:9@1', 'NOT_FOUND', 'topic dead has no queue b:9'],
    ['b:0@6', 'NOT_FOUND', 'a dead letter of connector flights'],
    ['b:0@7', 'NOT_FOUND', 'no dead letter of any connector'],
    ['b:0@8', 'NOT_FOUND', 'the queue ends before offset 8'],
    ['b:0@4', 'NOT_FOUND', "RocketMQ's retention has removed it"],
  ])('is not found at %s: %s, %s', async (place, code, message) => {
    await expect(show(place)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
