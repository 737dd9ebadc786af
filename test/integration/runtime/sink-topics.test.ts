import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError, type Finding } from '../../../src/api/index.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import type { TopicSelection } from '../../../src/config/selected-topics.ts';
import { openQueues } from '../../../src/rocketmq/queues.ts';
import type { DeadLettersPage, LetterWorkPage, PlanResult } from '../../../src/runtime/planner-api.ts';
import { uniqueName } from '../../support/names.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const queueOf = (topic: string, id = 0) => `${topic}:broker-a:${id}`;

describe('a sink of several topics', () => {
  let lab: SinkLab;
  const made: string[] = [];
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(async () => {
    for (const topic of made) await lab?.topics.admin.deleteTopic(topic);
    await lab?.[Symbol.asyncDispose]();
  });

  const create = async (topic: string, queues = 1): Promise<string> => {
    await lab.topics.admin.createTopic(topic, { queues });
    made.push(topic);
    return topic;
  };

  /** A sink of these topics, and what its section has besides. */
  async function sinkOf(selection: TopicSelection, system: object = {}, more: Partial<ConnectorSpec> = {}): Promise<LabSink> {
    const sink = await lab.sink({ queues: 1 });
    const { topic: _, ...access } = sink.spec.rocketmq;
    const rocketmq = { ...access, ...selection } as ConnectorSpec['rocketmq'];
    sink.spec = { ...sink.spec, rocketmq, system: system as ConnectorSpec['system'], ...more };
    return sink;
  }

  /** Names that one pattern selects, and no other test's. */
  function family() {
    const stem = uniqueName('family');
    return { of: (name: string) => `${stem}-${name}`, topicsPattern: `${stem}-.*` };
  }

  async function listed(names: readonly string[], system: object = {}) {
    const { of } = family();
    const topics = await Promise.all(names.map((name) => create(of(name), 2)));
    return { topics, sink: await sinkOf({ topics }, system) };
  }

  const replan = (sink: LabSink) => sink.ask<PlanResult>({ action: 'replan', connector: sink.spec.name });
  const warnings = ({ warnings: found }: PlanResult): readonly Finding[] => found;

  describe('that are listed', () => {
    it('copies each from its beginning, and says of each record which it is from', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const [a = '', b = ''] = topics;
      for (const topic of topics) for (const queue of [0, 1]) await lab.fill(topic, queue, 40);
      const plan = await sink.apply();
      expect(plan.tasks.flatMap(({ partitions }) => partitions)).toEqual([queueOf(a), queueOf(a, 1), queueOf(b), queueOf(b, 1)]);
      expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 160, lagRecords: 0 });
      for (const topic of topics) for (const queue of [0, 1]) expect(sink.target.offsets.get(queueOf(topic, queue))).toEqual(numbers(40));
      expect(sink.target.written.every(({ topic, partition }) => partition.startsWith(`${topic}:`))).toBe(true);
      for (const topic of topics) {
        const places = await lab.topics.admin.groupOffsets(`connect-${sink.spec.name}`, topic);
        expect(places).toMatchObject([{ offset: 40 }, { offset: 40 }]);
      }
      expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
    });

    it('spreads their queues over tasks, which look up their own topics only, and ask each queue once where nothing is new', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      for (const topic of topics) await lab.fill(topic, 1, 5);
      await sink.apply({ maxTasks: 2 });
      const opened: string[][] = [];
      const asked: string[] = [];
      const loadQueues = async () => {
        const queues = await import('../../../src/rocketmq/queues.ts');
        const open: typeof openQueues = async (config, named, clients) => {
          opened.push([...named.names]);
          const found = await openQueues(config, named, clients);
          const { bounds } = found;
          return Object.assign(found, {
            bounds: (name: string, at?: number) => {
              asked.push(name);
              return bounds.call(found, name, at);
            },
          });
        };
        return { ...queues, openQueues: open };
      };
      for (const task of [0, 1]) await sink.run({ task });
      expect(sink.target.written).toHaveLength(10);
      for (const task of [0, 1]) await sink.run({ task, deps: { loadQueues } });
      expect(opened).toEqual(topics.map((topic) => [topic]));
      expect(asked.sort()).toEqual(topics.flatMap((topic) => [queueOf(topic), queueOf(topic, 1)]));
    });

    it('begins where startAt says in a topic that is added later, and goes on in the others', async () => {
      const { topics, sink } = await listed(['a', 'b'], { startAt: 'latest' });
      const [a = '', b = ''] = topics;
      await lab.fill(a, 0, 5);
      await lab.fill(b, 0, 5);
      await sink.apply({ rocketmq: { ...sink.spec.rocketmq, topics: [a] } });
      await lab.fill(a, 0, 2);
      await sink.apply({ rocketmq: { ...sink.spec.rocketmq, topics } });
      await lab.fill(b, 0, 3);
      await sink.run();
      expect(sink.target.offsets).toEqual(
        new Map([
          [queueOf(a), numbers(2, 5)],
          [queueOf(b), numbers(3, 5)],
        ]),
      );
    });

    it('begins at offsets, at a time and where a group is, topic by topic', async () => {
      const before = await listed(['a', 'b']);
      const [a = '', b = ''] = before.topics;
      for (const topic of before.topics) await lab.fill(topic, 0, 10);
      const { topics } = before;
      await before.sink.apply();
      await before.sink.run();
      const middle = before.sink.target.written.find(({ partition, offset }) => partition === queueOf(b) && offset === 0)?.storedAt;
      for (const topic of topics) await lab.fill(topic, 0, 3);
      const read = async (startAt: object) => {
        const sink = await sinkOf({ topics }, { startAt });
        await sink.apply();
        await sink.run();
        return [sink.target.offsets.get(queueOf(a))?.length, sink.target.offsets.get(queueOf(b))?.length];
      };
      expect(await read({ offsets: { [queueOf(a)]: 11, [queueOf(b)]: 6 } })).toEqual([2, 7]);
      expect(await read({ group: `connect-${before.sink.spec.name}` })).toEqual([3, 3]);
      expect((await read({ timestamp: middle }))[1]).toBe(13);
      await expect(read({ group: 'nobody' })).rejects.toMatchObject({
        message: expect.stringContaining(`in any queue of topic ${a}, ${b}`),
      });
    });

    it('says which topic is not there, and stops only its queues where one goes while it runs', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const [a = '', b = ''] = topics;
      const wrong = { ...sink.spec.rocketmq, topics: [a, `${b}x`] };
      await expect(sink.apply({ rocketmq: wrong })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringMatching(new RegExp(`^rocketmq.topics: .*${b}x`)),
        remedy: expect.stringContaining(`did you mean ${b}?`),
      });
      await sink.apply({ rocketmq: { ...wrong, topics } });
      await lab.fill(a, 0, 5);
      await lab.fill(b, 0, 5);
      await sink.run();
      await lab.topics.admin.deleteTopic(b);
      await lab.fill(a, 0, 5);
      const { records, stopped } = await sink.run();
      expect(records).toBe(5);
      expect(stopped).toEqual(
        [0, 1].map((id) => expect.objectContaining({ partition: queueOf(b, id), code: 'NOT_FOUND', retriable: true })),
      );
      expect(stopped?.[0]?.message).toContain('rocketmq.topics: ');
      await expect(replan(sink)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('rocketmq.topics') });
      const plan = await sink.apply({ rocketmq: { ...sink.spec.rocketmq, topics: [a] } });
      expect(warnings(plan)).toMatchObject([
        { code: 'NOT_FOUND', message: expect.stringContaining(`takes 2 partitions away: ${queueOf(b)}`) },
      ]);
      expect(await sink.run()).toEqual(expect.not.objectContaining({ stopped: expect.anything() }));
    });

    it('stops at a topic that was made again, and copies the others', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const [a = '', b = ''] = topics;
      await lab.fill(a, 0, 5);
      await lab.fill(b, 0, 5);
      await sink.apply();
      await sink.run();
      await lab.topics.admin.deleteTopic(b);
      await create(b, 2);
      await lab.fill(b, 0, 8);
      await lab.fill(a, 0, 5);
      expect(await sink.run()).toMatchObject({
        records: 5,
        stopped: [{ partition: queueOf(b), code: 'POSITION_LOST', message: expect.stringContaining('made again') }],
      });
      await sink.apply({ system: { onOffsetLost: 'earliest' } as unknown as ConnectorSpec['system'] });
      expect(await sink.run()).toMatchObject({ records: 8, outcome: 'caught-up' });
      expect(sink.target.offsets.get(queueOf(b))).toEqual([...numbers(5), ...numbers(8)]);
    });

    it('names the topic that got queues', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const [, b = ''] = topics;
      await sink.apply();
      await lab.topics.admin.createTopic(b, { queues: 5 });
      expect((await sink.run()).notices).toEqual([
        expect.stringMatching(new RegExp(`^3 queues of topic ${b} .*replan ${sink.spec.name}$`)),
      ]);
      expect((await replan(sink)).tasks[0]?.gained).toHaveLength(3);
      expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
    });

    it('keeps in dead letters which topic each message is from, and redrives it so', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const deadLetterTopic = await lab.topics.create({ queues: 1 });
      for (const topic of topics) await lab.fill(topic, 0, 20, (index) => ({ tag: index === 3 ? 'bad' : 'good' }));
      sink.target.failed = ({ records }) =>
        records.flatMap(({ tag }, index) => (tag === 'bad' ? [{ index, error: new ConnectError('RECORD_REFUSED', 'no') }] : []));
      await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
      await sink.run();
      await lab.topics.admin.dispatched();
      const { letters } = await sink.ask<DeadLettersPage>({ action: 'dead-letters', connector: sink.spec.name });
      expect(letters.map(({ topic, record }) => [topic, record]).sort()).toEqual(topics.map((topic) => [topic, `${queueOf(topic)}@3`]));
      sink.target.failed = () => undefined;
      const before = sink.target.written.length;
      const cursor = { [queueOf(deadLetterTopic)]: { next: 0, end: 2 } };
      const page = await sink.ask<LetterWorkPage>({ action: 'redrive', connector: sink.spec.name, cursor });
      expect(page).toMatchObject({ done: 2, failures: [] });
      const redriven = sink.target.written.slice(before).map(({ topic, partition, offset }) => [topic, partition, offset]);
      expect(redriven.sort()).toEqual(topics.map((topic) => [topic, queueOf(topic), 3]));
    });

    it('is no topic to peek into by itself', async () => {
      const { topics, sink } = await listed(['a', 'b']);
      const [a = '', b = ''] = topics;
      await lab.fill(b, 0, 1);
      await sink.apply();
      const peek = (topic?: string) =>
        sink.ask<{ messages: unknown[] }>({ action: 'peek', connector: sink.spec.name, from: 'end', limit: 5, ...(topic && { topic }) });
      await expect(peek()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(`reads several: ${a}, ${b}`) });
      expect((await peek(b)).messages).toHaveLength(1);
    });
  });

  describe('that a pattern selects', () => {
    it('copies what matches now, and neither its dead letters nor what is excluded', async () => {
      const { of, topicsPattern } = family();
      for (const name of ['a', 'b', 'refused', 'c-retry']) await lab.fill(await create(of(name)), 0, 3);
      const errors = { ...(await lab.sink()).spec.errors, tolerance: 'dead-letter' as const, deadLetterTopic: of('refused') };
      const sink = await sinkOf({ topicsPattern, excludeTopicsPattern: '.*-retry' }, {}, { errors });
      const plan = await sink.apply();
      expect(plan.tasks.flatMap(({ partitions }) => partitions)).toEqual([queueOf(of('a')), queueOf(of('b'))]);
      expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 6 });
    });

    it('names, where the target lacks something, also the option that leaves a topic out', async () => {
      const { of, topicsPattern } = family();
      for (const name of ['a', 'b']) await create(of(name));
      const sink = await sinkOf({ topicsPattern });
      sink.target.findings = [
        { level: 'error', code: 'NOT_FOUND', option: 'sink.topic', message: 'topic b is missing', remedy: 'create it' },
      ];
      await expect(sink.apply()).rejects.toMatchObject({
        remedy: 'create it; or leave the RocketMQ topic out by rocketmq.excludeTopicsPattern',
      });
    });

    it('says that a topic came, and copies all of it after the next plan, whatever startAt says', async () => {
      const { of, topicsPattern } = family();
      await lab.fill(await create(of('a')), 0, 3);
      const sink = await sinkOf({ topicsPattern }, { startAt: 'latest' });
      await sink.apply();
      expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
      await lab.fill(await create(of('b')), 0, 4);
      expect((await sink.run()).notices).toEqual([expect.stringContaining('rocketmq.topicsPattern selects other topics')]);
      expect((await replan(sink)).tasks[0]?.gained).toEqual([queueOf(of('b'))]);
      await lab.fill(of('a'), 0, 2);
      expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
      expect(sink.target.offsets).toEqual(
        new Map([
          [queueOf(of('b')), numbers(4)],
          [queueOf(of('a')), numbers(2, 3)],
        ]),
      );
    });

    it('may select none yet: a finding says so, and the first topic that comes is copied from its beginning', async () => {
      const { of, topicsPattern } = family();
      const sink = await sinkOf({ topicsPattern }, { startAt: 'latest' });
      const plan = await sink.apply();
      expect(plan.tasks).toEqual([]);
      expect(warnings(plan)).toEqual([
        expect.objectContaining({
          level: 'warning',
          code: 'NOT_FOUND',
          option: 'rocketmq.topicsPattern',
          message: `no topic matches ${topicsPattern}`,
        }),
      ]);
      await lab.fill(await create(of('a')), 0, 3);
      await replan(sink);
      await sink.run();
      expect(sink.target.offsets).toEqual(new Map([[queueOf(of('a')), numbers(3)]]));
    });

    it('keeps what is known of a topic that goes away, and goes on or stops where it comes back', async () => {
      const { of, topicsPattern } = family();
      for (const name of ['a', 'b']) await lab.fill(await create(of(name)), 0, 3);
      const sink = await sinkOf({ topicsPattern });
      await sink.apply();
      await sink.run();
      await lab.topics.admin.deleteTopic(of('b'));
      expect((await sink.run()).stopped).toMatchObject([{ partition: queueOf(of('b')), code: 'NOT_FOUND' }]);
      await expect(replan(sink)).rejects.toMatchObject({ message: expect.stringContaining(`not found any more: ${queueOf(of('b'))}`) });
      expect(warnings(await sink.apply())).toMatchObject([
        { option: 'rocketmq.topicsPattern', message: expect.stringContaining('takes 1 partitions away') },
      ]);
      await lab.fill(await create(of('b')), 0, 9);
      await replan(sink);
      expect((await sink.run()).stopped).toMatchObject([{ partition: queueOf(of('b')), code: 'POSITION_LOST' }]);
      await sink.apply({ system: { onOffsetLost: 'earliest' } as unknown as ConnectorSpec['system'] });
      await sink.run();
      expect(sink.target.offsets.get(queueOf(of('b')))).toEqual([...numbers(3), ...numbers(9)]);
    });

    it('looks into its own namespace only', async () => {
      const { of, topicsPattern } = family();
      const namespace = uniqueName('space');
      await create(of('outside'));
      await create(`${namespace}%${of('inside')}`);
      await lab.fill(of('inside'), 0, 2, undefined, { namespace });
      const partitions = async (selection: TopicSelection & { readonly namespace?: string }) =>
        (await (await sinkOf(selection)).apply()).tasks.flatMap((task) => task.partitions);
      expect(await partitions({ topicsPattern, namespace })).toEqual([queueOf(of('inside'))]);
      expect(await partitions({ topicsPattern: `.*${topicsPattern}` })).toEqual([queueOf(of('outside'))]);
    });

    it('is no topic to peek into where it selects several, and finds the RocketMQ of those that it selects', async () => {
      const { of, topicsPattern } = family();
      await lab.fill(await create(of('a')), 0, 2);
      const sink = await sinkOf({ topicsPattern });
      await sink.apply();
      const peek = (request: object) => sink.ask<{ messages: unknown[] }>({ action: 'peek', from: 'end', limit: 5, ...request });
      expect((await peek({ connector: sink.spec.name })).messages).toHaveLength(2);
      expect((await peek({ topic: of('a') })).messages).toHaveLength(2);
      await create(of('b'));
      await replan(sink);
      await expect(peek({ connector: sink.spec.name })).rejects.toMatchObject({ message: expect.stringContaining('reads several') });
    });
  });
});
