import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import { sampleConnector } from '../../../src/cli/target/sample-connector.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { LetterWorkPage, StatusResult } from '../../../src/runtime/planner-api.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { deadLetters } from '../../../src/runtime/source/dead-letters.ts';
import { queueOf } from '../../../src/runtime/source/queue-of.ts';
import type { ConnectorItem } from '../../../src/store/store.ts';
import { logSource } from '../../support/log-source.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from '../rocketmq/topics.ts';

jest.setTimeout(900_000);

const record = (partition: string, id: number, given: Partial<SourceRecord> = {}): SourceRecord => ({
  partition,
  id: String(id),
  position: String(id + 1),
  key: Buffer.from(`key ${id}`),
  value: Buffer.from(`${partition} ${id}`),
  headers: [],
  ...given,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a source that writes', () => {
  let topics: Topics;
  let runtime: TestRuntime;
  beforeAll(async () => {
    topics = await Topics.open();
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  });
  afterAll(async () => {
    await runtime.close();
    await topics[Symbol.asyncDispose]();
  });

  async function source(
    records: readonly SourceRecord[],
    rocketmq: ReturnType<Topics['config']>,
    errors: { readonly tolerance?: 'dead-letter'; readonly deadLetterTopic?: string } = {},
  ) {
    const base = connectorSpec({ name: uniqueName('log'), type: 'log-source', maxTasks: 1 });
    const spec = { ...base, rocketmq, errors: { ...base.errors, ...errors } };
    const parts = logSource({ records });
    const planner = createPlanner({ ...runtime.plannerDeps, ...parts });
    const { name: connector } = spec;
    return {
      connector,
      planner,
      apply: () => planner.handle({ action: 'apply', file: spec }),
      run: () =>
        runTask(
          { connector, task: 0 },
          { ...runtime.taskDeps, ...parts },
          { deadline: Date.now() + 120_000, owner: 'test', signal: new AbortController().signal },
        ),
      sample: async (limit: number) => {
        const item = (await runtime.store.getConnector(connector)) as ConnectorItem;
        const request = { connector: item, limit, owner: 'test', signal: new AbortController().signal, onNote: () => {} };
        return sampleConnector(request, { ...runtime.taskDeps, ...parts, store: runtime.store });
      },
      status: async () => {
        const answer = await planner.handle({ action: 'status', connector });
        return (answer as { result: StatusResult }).result.taskStatus[0];
      },
    };
  }

  const read = async (topic: string) => (await topics.admin.readTopic(topic)).flat();

  it('to a FIFO topic gives each message its group, and each group keeps its order', async () => {
    const topic = await topics.create({ queues: 3, messageType: 'FIFO' });
    const records = upTo(300).map((id) => record('stream', id, id % 4 === 0 ? {} : { orderingKey: `row ${id % 4}`, tag: 'changed' }));
    const { apply, run, status } = await source(records, topics.config(topic));
    expect(await apply()).toMatchObject({ ok: true });
    expect(await run()).toMatchObject({ summary: { outcome: 'caught-up', records: 300 } });
    expect(await status()).toMatchObject({ positions: { stream: '300' } });
    const stored = await read(topic);
    expect(stored).toHaveLength(300);
    for (const rest of upTo(4)) {
      const group = rest === 0 ? 'stream' : `row ${rest}`;
      const ofGroup = stored.filter(({ properties }) => properties.get('__SHARDINGKEY') === group);
      expect(ofGroup.map(({ body }) => body.toString())).toEqual(upTo(75).map((index) => `stream ${4 * index + rest}`));
      expect(new Set(ofGroup.map(({ queue }) => queue)).size).toBe(1);
      expect(new Set(ofGroup.map(({ properties }) => properties.get('TAGS')))).toEqual(new Set([rest === 0 ? undefined : 'changed']));
    }
  });

  it('to a FIFO topic makes plain dead letters, which name the group that their record had', async () => {
    const [topic, deadLetterTopic] = await Promise.all([topics.create({ queues: 3, messageType: 'FIFO' }), topics.create({ queues: 1 })]);
    const given = topics.config(topic, { maxMessageBytes: 1_000 });
    const bad = record('stream', 1, { orderingKey: 'row 1', key: null, value: Buffer.alloc(900, 'v'), tag: 'large' });
    const sent = await source([record('stream', 0), { ...bad, headers: [] }, record('stream', 2)], given, {
      tolerance: 'dead-letter',
      deadLetterTopic,
    });
    expect(await sent.apply()).toMatchObject({ ok: true });
    expect(await sent.run()).toMatchObject({ summary: { records: 3, deadLetters: 1 } });
    const [letter] = await read(deadLetterTopic);
    expect(letter?.properties.get('connect-error-group')).toBe('"row 1"');
    expect(letter?.properties.has('__SHARDINGKEY')).toBe(false);
  });

  it.each([
    ['FIFO', {}, { __SHARDINGKEY: 'row 1' }],
    ['DELAY', { deliverAtHeader: 'deliver-at' }, { TIMER_DELIVER_MS: '1764402300000' }],
  ] as const)('to a %s topic has its dead letters redriven as the run would have sent them', async (messageType, given, expected) => {
    const [topic, deadLetterTopic] = await Promise.all([topics.create({ queues: 3, messageType }), topics.create({ queues: 1 })]);
    const errors = { tolerance: 'dead-letter', deadLetterTopic } as const;
    const { connector, planner, apply } = await source([record('stream', 0)], topics.config(topic, given), errors);
    expect(await apply()).toMatchObject({ ok: true });
    const headers = [{ name: 'deliver-at', value: Buffer.from('1764402300000') }];
    const refused = record('stream', 1, { orderingKey: 'row 1', tag: 'changed', headers });
    const error = new ConnectError('RECORD_REFUSED', 'not now');
    const why = { record: refused, topic, error, ...(messageType === 'FIFO' && { group: 'row 1' }) };
    const [letter] = deadLetters(
      connector,
      why,
      (each) => recordToMessage(connector, each),
      () => true,
    );
    const producer = await topics.producer(deadLetterTopic);
    await producer.send(0, [letter as NonNullable<typeof letter>], Date.now() + 120_000);
    await topics.admin.dispatched();
    const cursor = { [`${deadLetterTopic}:broker-a:0`]: { next: 0, end: 1 } };
    expect(await planner.handle({ action: 'redrive', connector, cursor })).toMatchObject({ ok: true, result: { done: 1, failures: [] } });
    const [stored, ...others] = await read(topic);
    expect(others).toEqual([]);
    expect([stored?.body.toString(), stored?.queue]).toEqual(['stream 1', queueOf(refused, 3)]);
    expect(Object.fromEntries(stored?.properties ?? [])).toMatchObject({ ...expected, TAGS: 'changed', 'deliver-at': '1764402300000' });
    expect([...(stored?.properties.keys() ?? [])].filter((name) => name.startsWith('connect-error'))).toEqual([]);
  });

  it('to a DELAY topic has each message delivered at the time in its header, and makes dead letters where that is no time', async () => {
    const [topic, deadLetterTopic] = await Promise.all([topics.create({ queues: 2, messageType: 'DELAY' }), topics.create({ queues: 1 })]);
    const soon = Date.now() + 2_000;
    const at = (text: string) => ({ headers: [{ name: 'deliver-at', value: Buffer.from(text) }] });
    const records = upTo(40).map((id) =>
      record(
        'orders',
        id,
        id === 7
          ? at('tomorrow')
          : id === 9
            ? at(String(soon + 30 * 24 * 3_600_000))
            : id % 2 === 0
              ? at(new Date(soon).toISOString())
              : {},
      ),
    );
    const config = topics.config(topic, { deliverAtHeader: 'deliver-at', deliverAfter: '1s' });
    const { connector, planner, apply, run, status, sample } = await source(records, config, { tolerance: 'dead-letter', deadLetterTopic });
    expect(await apply()).toMatchObject({ ok: true });
    const sampled = await sample(10);
    expect(sampled.map(({ refused }) => refused?.reason)).toEqual(
      upTo(10).map((id) => (id === 7 ? expect.stringContaining('header deliver-at (rocketmq.deliverAtHeader) is no time') : undefined)),
    );
    expect(await run()).toMatchObject({ summary: { outcome: 'caught-up', records: 40, deadLetters: 2 } });
    expect(await status()).toMatchObject({ positions: { orders: '40' } });
    const letters = await read(deadLetterTopic);
    expect(letters.map(({ properties }) => [properties.get('connect-error-position'), properties.get('connect-error-stage')])).toEqual([
      ['7', 'write'],
      ['9', 'write'],
    ]);
    expect(letters[0]?.properties.get('connect-error-reason')).toContain(
      'header deliver-at (rocketmq.deliverAtHeader) is no time: "tomorrow"',
    );
    expect(letters[1]?.properties.get('connect-error-reason')).toContain('timerMaxDelaySec');

    let stored = await read(topic);
    for (; stored.length < 38; stored = await read(topic)) await sleep(100);
    const expected = records.filter(({ id }) => id !== '7' && id !== '9').map(({ value }) => String(value));
    expect(stored.map(({ body }) => body.toString()).sort()).toEqual(expected.sort());
    for (const { properties, storedAt } of stored) {
      const deliverAt = Number(properties.get('TIMER_DELIVER_MS'));
      if (properties.has('deliver-at')) expect(deliverAt).toBe(soon);
      expect(storedAt).toBeGreaterThanOrEqual(deliverAt - 1_000);
    }

    const cursor = { [`${deadLetterTopic}:broker-a:0`]: { next: 0, end: 2 } };
    const answer = await planner.handle({ action: 'redrive', connector, cursor });
    expect((answer as { result: LetterWorkPage }).result.failures).toMatchObject([
      { record: 'orders@7', code: 'RECORD_REFUSED' },
      { record: 'orders@9', code: 'RECORD_REFUSED' },
    ]);
  });

  it.each([
    ['FIFO', {}],
    ['DELAY', { deliverAfter: '1s' }],
  ] as const)('to a %s topic is told that its dead-letter topic must be a plain one', async (messageType, given) => {
    const [topic, deadLetterTopic] = await Promise.all([topics.create({ messageType }), topics.create({ messageType })]);
    const { apply } = await source([record('p', 0)], topics.config(topic, given), { tolerance: 'dead-letter', deadLetterTopic });
    expect(await apply()).toMatchObject({
      ok: false,
      error: { findings: [{ option: 'errors.deadLetterTopic', code: 'WRONG_KIND', remedy: expect.stringContaining('NORMAL') }] },
    });
  });
});
