import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('where a sink reads', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const startingAt = async (startAt: unknown): Promise<LabSink> => {
    const sink = await lab.sink({ queues: 2 });
    await sink.fill(0, 10);
    return Object.assign(sink, { spec: { ...sink.spec, system: { startAt } as ConnectorSpec['system'] } });
  };

  it('is behind what was there when it was applied, with latest', async () => {
    const sink = await startingAt('latest');
    await sink.apply();
    await sink.fill(0, 5);
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 5 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(5, 10));
  });

  it('is the first message that was stored at a time or later', async () => {
    const sink = await startingAt('earliest');
    await sleep(50);
    const timestamp = Date.now();
    await sleep(50);
    await sink.fill(0, 5);
    await sink.apply({ system: { startAt: { timestamp } } });
    await sink.run();
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(5, 10));
  });

  it('is an offset that is named, and the beginning of queues that are not', async () => {
    const sink = await startingAt('earliest');
    await sink.fill(1, 3);
    await sink.apply({ system: { startAt: { offsets: { [sink.queue(0)]: 7 } } } });
    await sink.run();
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(3, 7));
    expect(sink.target.offsets.get(sink.queue(1))).toEqual(numbers(3));
  });

  it.each([
    { name: 'a queue that the topic does not have', offsets: (sink: LabSink) => ({ [sink.queue(9)]: 1 }), message: /have no queue .*:9/ },
    { name: 'an offset that a queue does not have', offsets: (sink: LabSink) => ({ [sink.queue(0)]: 11 }), message: /no offset 11/ },
  ])('is refused for $name', async ({ offsets, message }) => {
    const sink = await startingAt('earliest');
    await expect(sink.apply({ system: { startAt: { offsets: offsets(sink) } } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('is the beginning of a queue that comes later, and stays where it was in the others', async () => {
    const sink = await startingAt('latest');
    await sink.apply();
    await lab.topics.admin.createTopic(sink.topic, { queues: 3 });
    await sink.fill(2, 4);
    expect(await sink.run()).toMatchObject({ records: 0, notices: [expect.stringContaining(`replan ${sink.spec.name}`)] });
    await sink.fill(1, 4);
    const plan = await sink.ask<{ tasks: Array<{ gained: string[] }> }>({ action: 'replan', connector: sink.spec.name });
    expect(plan.tasks[0]?.gained).toEqual([sink.queue(2)]);
    await sink.run();
    expect(sink.target.offsets).toEqual(
      new Map([
        [sink.queue(2), numbers(4)],
        [sink.queue(1), numbers(4)],
      ]),
    );
  });

  it('says that another start has no effect any more', async () => {
    const sink = await startingAt('latest');
    await sink.apply();
    const { options } = await sink.ask<{ options: unknown }>({ action: 'plan', file: { ...sink.spec, system: { startAt: 'earliest' } } });
    expect(options).toEqual([expect.objectContaining({ option: 'sink.startAt', effect: expect.stringContaining('settled') })]);
  });

  it('is lost where the topic was made again, until somebody says to go on', async () => {
    const sink = await startingAt('earliest');
    await sink.apply();
    await sink.run();
    await lab.topics.admin.deleteTopic(sink.topic);
    await lab.topics.admin.createTopic(sink.topic, { queues: 2 });
    // The new topic is as long as the old one, and longer.
    await sink.fill(0, 14);
    const lost = await sink.run();
    expect(lost).toMatchObject({
      records: 0,
      stopped: [{ partition: sink.queue(0), code: 'POSITION_LOST', message: expect.stringContaining('made again') }],
    });
    expect(lost.stopped?.[0]?.remedy).toContain('sink.onOffsetLost to earliest');
    expect(sink.target.written).toHaveLength(10);
    await sink.apply({ system: { onOffsetLost: 'earliest' } });
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 14, notices: [expect.stringContaining('made again')] });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual([...numbers(10), ...numbers(14)]);
    expect(await sink.run()).toEqual(expect.not.objectContaining({ notices: expect.anything() }));
  });

  it('is lost where the topic is shorter than what was read', async () => {
    const sink = await startingAt('earliest');
    await sink.apply();
    await sink.run();
    await lab.topics.admin.deleteTopic(sink.topic);
    await lab.topics.admin.createTopic(sink.topic, { queues: 2 });
    const lost = await sink.run();
    expect(lost.stopped).toMatchObject([{ code: 'POSITION_LOST', message: expect.stringContaining('ends at offset 0, before 10') }]);
  });

  it('is where the target says, if it keeps positions itself', async () => {
    const sink = await startingAt('earliest');
    await sink.apply();
    sink.target.onStart = () => ({ positions: new Map([[sink.queue(0), '6']]) });
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 4 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(4, 6));
  });

  it('is a topic that is there, whatever the type of its messages', async () => {
    const fifo = await lab.sink({ queues: 1, messageType: 'FIFO', permission: 'read' });
    await expect(fifo.apply()).resolves.toMatchObject({ changed: true });
    const none = await lab.sink({ queues: 1 });
    await expect(none.apply({ rocketmq: { ...none.spec.rocketmq, topic: `${none.topic}x` } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('rocketmq.topic'),
      remedy: expect.stringContaining(`did you mean ${none.topic}?`),
    });
    const deadLetters = { ...none.spec.errors, tolerance: 'dead-letter' as const, deadLetterTopic: none.topic };
    await expect(
      none.apply({ rocketmq: lab.topics.config(none.topic) as ConnectorSpec['rocketmq'], errors: deadLetters }),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('errors.deadLetterTopic'),
    });
    const writeOnly = await lab.sink({ queues: 1, permission: 'write' });
    await expect(writeOnly.apply()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is read by one run at a time, which knows its number', async () => {
    const sink = await startingAt('earliest');
    await sink.apply();
    const epochs: number[] = [];
    sink.target.onStart = ({ epoch }) => {
      epochs.push(epoch);
      return {};
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.target.onWrite = () => promise;
    const first = sink.invoke();
    while (sink.target.batches.length === 0) await sleep(20);
    expect(await sink.invoke()).toMatchObject({ outcome: 'busy' });
    resolve();
    expect(await first).toMatchObject({ outcome: 'ran', summary: { records: 10 } });
    await sink.fill(0, 1);
    await sink.run();
    expect(epochs[1]).toBeGreaterThan(epochs[0] as number);
  });

  it('takes in no more than it may where the target stands still', async () => {
    const sink = await lab.sink({ queues: 2 });
    const body = Buffer.alloc(64 * 1024, 'x');
    for (const queue of [0, 1]) await sink.fill(queue, 400, () => ({ body }));
    await sink.apply({ batch: { ...sink.spec.batch, maxInFlightBytes: 4 * 1024 * 1024 } });
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.target.onWrite = () => promise;
    const before = liveBufferBytes();
    const running = sink.invoke();
    while (sink.target.batches.length < 2) await sleep(20);
    await sleep(2_000);
    expect(liveBufferBytes() - before).toBeLessThan(12 * 1024 * 1024);
    for (const { records } of sink.target.batches) expect(records.length).toBeLessThan(40);
    resolve();
    expect(await running).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 800 } });
  });
});
