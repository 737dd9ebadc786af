import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { uniqueName } from '../../support/names.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('the consumer group of a sink', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const group = (sink: LabSink) => `connect-${sink.spec.name}`;
  const places = (sink: LabSink) => lab.topics.admin.groupOffsets(group(sink), sink.topic);

  it('has the offsets of the connector, and its lag, and is routed as tools ask for it', async () => {
    const sink = await lab.sink({ queues: 2 });
    await sink.fill(0, 50);
    await sink.apply();
    expect(await places(sink)).toMatchObject([{ offset: 0 }, { offset: 0 }]);
    expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
    await sink.fill(0, 7);
    expect(await places(sink)).toEqual([
      { queue: 0, offset: 50, end: 57 },
      { queue: 1, offset: 0, end: 0 },
    ]);
    while ((await lab.topics.admin.topicStats(`%RETRY%${group(sink)}`)) === undefined) await sleep(100);
    await sink.run();
    expect(await places(sink)).toMatchObject([{ offset: 57, end: 57 }, { offset: 0 }]);
  });

  it('gets the offsets of a long run with each checkpoint', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 100);
    await sink.apply({ batch: { ...sink.spec.batch, checkpointIntervalMs: 0 } });
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.target.maxRecords = 60;
    sink.target.onWrite = ({ records }) => (records[0]?.offset === 60 ? promise : undefined);
    const running = sink.invoke();
    const reached = async () => (await places(sink).catch(() => []))[0]?.offset;
    while ((await reached()) !== 60) await sleep(50);
    resolve();
    expect(await running).toMatchObject({ outcome: 'ran', summary: { records: 100 } });
    expect(await reached()).toBe(100);
  });

  it('is told nothing where that is switched off', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 5);
    await sink.apply({ rocketmq: { ...sink.spec.rocketmq, reportOffsets: false } });
    await sink.run();
    expect(sink.target.written).toHaveLength(5);
    expect(await places(sink)).toMatchObject([{ offset: 0, end: 5 }]);
  });

  it('has no say in where the connector reads: a reset is named, and undone', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 50);
    await sink.apply();
    await sink.run();
    await lab.topics.admin.resetOffset(group(sink), sink.topic, 0, 10);
    expect(await places(sink)).toMatchObject([{ offset: 10 }]);
    await sink.fill(0, 5);
    expect(await sink.run()).toMatchObject({
      records: 5,
      notices: [expect.stringContaining(`reset consumer group ${group(sink)} at ${sink.queue(0)}: that has no effect`)],
    });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(55));
    expect(await places(sink)).toMatchObject([{ offset: 55 }]);
  });

  describe('that the connector follows', () => {
    const following = async (queues: number) => {
      const sink = await lab.sink({ queues });
      sink.spec = { ...sink.spec, rocketmq: { ...sink.spec.rocketmq, followResets: true } };
      await sink.apply();
      return sink;
    };
    const reset = (sink: LabSink, offset: number, queue = 0) => lab.topics.admin.resetOffset(group(sink), sink.topic, queue, offset);

    it('moves it once, back or on, also where nothing new has come, and leaves other queues where they are', async () => {
      const sink = await following(2);
      await sink.fill(0, 50);
      await sink.fill(1, 20);
      expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
      await reset(sink, 10);
      expect(await sink.run()).toMatchObject({
        records: 40,
        notices: [`queue ${sink.queue(0)} goes on at offset 10 instead of 50: somebody has reset consumer group ${group(sink)} to it`],
      });
      expect(sink.target.offsets.get(sink.queue(0))).toEqual([...numbers(50), ...numbers(40, 10)]);
      expect(sink.target.offsets.get(sink.queue(1))).toEqual(numbers(20));
      expect(await places(sink)).toMatchObject([{ offset: 50 }, { offset: 20 }]);
      expect((await sink.run()).records).toBe(0);
      await sink.fill(0, 10);
      await reset(sink, 55);
      expect((await sink.run()).records).toBe(5);
      expect(sink.target.offsets.get(sink.queue(0))?.slice(-5)).toEqual(numbers(5, 55));
    });

    it('waits in mid-run for the next run', async () => {
      const sink = await following(1);
      await sink.fill(0, 50);
      sink.target.onWrite = () => reset(sink, 30);
      expect(await sink.run()).toMatchObject({ records: 50 });
      sink.target.onWrite = () => {};
      expect(await places(sink)).toMatchObject([{ offset: 30 }]);
      expect(await sink.run()).toMatchObject({ records: 20, lagRecords: 0 });
      expect(await places(sink)).toMatchObject([{ offset: 50 }]);
    });

    it('is followed again where a run has died before RocketMQ forgot the reset', async () => {
      const sink = await following(1);
      await sink.fill(0, 50);
      await sink.run();
      await reset(sink, 20);
      const loadQueues = async () => {
        const queues = await sink.deps.loadQueues();
        const openQueues: typeof queues.openQueues = async (...from) => {
          const opened = await queues.openQueues(...from);
          const { tell } = opened;
          return Object.assign(opened, {
            tell: async (name: string, offsets: ReadonlyMap<string, number>, resets?: 'undo' | 'leave') =>
              resets === 'leave' ? tell.call(opened, name, offsets, resets) : [],
          });
        };
        return { ...queues, openQueues };
      };
      expect((await sink.run({ deps: { loadQueues } })).records).toBe(30);
      expect((await sink.run()).records).toBe(30);
      expect((await sink.run()).records).toBe(0);
    });

    it('is refused of a target that keeps positions', async () => {
      const sink = await following(1);
      sink.target.positionsAreIn = 'table shop.positions';
      await expect(sink.apply()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('table shop.positions as well'),
      });
    });
  });

  it('is in the namespace of the topic', async () => {
    const sink = await lab.sink({ queues: 1 });
    await lab.topics.admin.createTopic(`space%${sink.topic}`, { queues: 1 });
    await sink.apply({ rocketmq: { ...sink.spec.rocketmq, namespace: 'space' } });
    const producer = await lab.topics.producer(sink.topic, { namespace: 'space' });
    await producer.send(0, [{ body: Buffer.from('x'), keys: [], properties: new Map() }], Date.now() + 60_000);
    await lab.topics.admin.dispatched();
    await sink.run();
    expect(await lab.topics.admin.groupOffsets(`space%${group(sink)}`, `space%${sink.topic}`)).toEqual([{ queue: 0, offset: 1, end: 1 }]);
    await lab.topics.admin.deleteTopic(`space%${sink.topic}`);
  });

  describe('of somebody else', () => {
    const startingAt = (name: string) => ({ system: { startAt: { group: name } } as unknown as ConnectorSpec['system'] });

    it('is taken over where it is, and queues where it is not are copied from their beginning', async () => {
      const before = await lab.sink({ queues: 3 });
      await before.fill(0, 20);
      await before.fill(1, 20);
      await before.apply({ rocketmq: { ...before.spec.rocketmq } });
      await before.run();
      const name = group(before);
      const after = await lab.sink({ queues: 1, spec: { rocketmq: before.spec.rocketmq } });
      await lab.topics.admin.createTopic(before.topic, { queues: 4 });
      await before.fill(0, 5);
      await before.fill(2, 5);
      await before.fill(3, 5);
      await after.apply(startingAt(name));
      await before.fill(1, 1);
      expect(await after.run()).toMatchObject({ outcome: 'caught-up', records: 16 });
      const read = after.target.offsets;
      expect(read.get(before.queue(0))).toEqual(numbers(5, 20));
      expect(read.get(before.queue(1))).toEqual([20]);
      expect([read.get(before.queue(2)), read.get(before.queue(3))]).toEqual([numbers(5), numbers(5)]);
    });

    it('says what is lost where it was behind what RocketMQ still has', async () => {
      const sink = await lab.sink({ queues: 1 });
      await sink.fill(0, 10);
      const name = uniqueName('group');
      await lab.topics.admin.createGroup(name);
      await lab.topics.admin.resetOffset(name, sink.topic, 0, 8);
      await sink.apply(startingAt(name));
      await lab.topics.admin.deleteTopic(sink.topic);
      await lab.topics.admin.createTopic(sink.topic, { queues: 1 });
      expect((await sink.run()).stopped).toMatchObject([{ code: 'POSITION_LOST' }]);
    });

    it('is refused where it has never been', async () => {
      const sink = await lab.sink({ queues: 1 });
      await expect(sink.apply(startingAt('nobody'))).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('sink.startAt.group: consumer group nobody has no offset in any queue'),
      });
    });
  });
});
