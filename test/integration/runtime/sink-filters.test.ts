import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

/** Both have one hash in Java, which is what a broker compares. */
const WANTED = 'Aa';
const LIKE_IT = 'BB';

describe('a sink with a filter', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const reading = (sink: LabSink, options: Partial<ConnectorSpec['rocketmq']>) => ({ rocketmq: { ...sink.spec.rocketmq, ...options } });
  const position = async (sink: LabSink) => (await sink.status()).taskStatus[0]?.positions[sink.queue(0)];
  const tagged = (tags: readonly (string | undefined)[]) => (index: number) => {
    const tag = tags[index % tags.length];
    return tag === undefined ? {} : { tag };
  };

  it('copies messages with its tags, and not those whose tags have the same hash', async () => {
    const sink = await lab.sink({ queues: 2 });
    await sink.fill(0, 3_000, tagged([WANTED, LIKE_IT, undefined, 'other', 'third']));
    await sink.fill(1, 10, tagged([LIKE_IT]));
    await sink.apply(reading(sink, { tags: [WANTED, 'third'] }));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 1_200, lagRecords: 0 });
    expect(sink.target.offsets).toEqual(
      new Map([[sink.queue(0), numbers(3_000).filter((offset) => offset % 5 === 0 || offset % 5 === 4)]]),
    );
    expect(new Set(sink.target.written.map(({ tag }) => tag))).toEqual(new Set([WANTED, 'third']));
  });

  it('finds 3 of 10,000 messages, passes over the others once, and asks each queue once where nothing is new', async () => {
    const sink = await lab.sink({ queues: 1 });
    const wanted = [7, 5_000, 9_998];
    await sink.fill(0, 10_000, (index) => ({ tag: wanted.includes(index) ? WANTED : LIKE_IT }));
    await sink.apply(reading(sink, { tags: `${WANTED}, unused` }));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 3, lagRecords: 0 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(wanted);
    expect(await position(sink)).toMatch(/^10000@\d{13}$/);

    await sink.fill(0, 100, tagged([LIKE_IT]));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 0, lagRecords: 0 });
    expect(await position(sink)).toMatch(/^10100@\d{13}$/);

    let asked = 0;
    const { loadQueues } = sink.deps;
    const counting: typeof loadQueues = async () => {
      const queues = await loadQueues();
      return {
        ...queues,
        openQueues: async (...args) => {
          const opened = await queues.openQueues(...args);
          const count = (method: 'bounds' | 'storedAt' | 'at' | 'read') => {
            const original = opened[method].bind(opened) as (...given: unknown[]) => never;
            Object.assign(opened, {
              [method]: (...given: unknown[]) => {
                asked += 1;
                return original(...given);
              },
            });
          };
          for (const method of ['bounds', 'storedAt', 'at', 'read'] as const) count(method);
          return opened;
        },
      };
    };
    expect(await sink.run({ deps: { loadQueues: counting } })).toMatchObject({ outcome: 'caught-up', records: 0 });
    expect(asked).toBe(1);
    expect(sink.target.starts).toBe(2);
  });

  it('loses nothing where a run is cut short between what it copies, and goes on there', async () => {
    const sink = await lab.sink({ queues: 1 });
    const wanted = numbers(20).map((number) => 100 + 2_000 * number);
    await sink.fill(0, 40_000, (index) => ({ tag: wanted.includes(index) ? WANTED : LIKE_IT }));
    await sink.apply({ ...reading(sink, { tags: [WANTED] }), batch: { ...sink.spec.batch, maxRecords: 3 } });
    let runs = 0;
    sink.target.onWrite = () => {
      runs += 1;
      if (runs % 2 === 1) throw Object.assign(new Error('gone'), { retriable: false });
    };
    for (let run = 0; run < 40 && sink.target.written.length < wanted.length; run += 1) {
      await sink.ask({ action: 'resume', connector: sink.spec.name });
      await sink.run();
    }
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(wanted);
  });

  it('notices that the topic was made again behind what it passed over', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 10, tagged([LIKE_IT]));
    await sink.apply(reading(sink, { tags: [WANTED] }));
    await sink.run();
    await lab.topics.admin.deleteTopic(sink.topic);
    await lab.topics.admin.createTopic(sink.topic, { queues: 1 });
    // Its clock counts milliseconds.
    await sleep(10);
    await sink.fill(0, 20, tagged([WANTED]));
    expect((await sink.run()).stopped).toMatchObject([{ code: 'POSITION_LOST', message: expect.stringContaining('made again') }]);
  });

  it('copies messages for which an expression is true', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 1_000, (index) => ({
      properties: new Map(index % 2 === 0 ? [['amount', String(index)]] : []),
      ...(index % 3 === 0 && { tag: WANTED }),
    }));
    await sink.apply(reading(sink, { filter: "amount > 100 AND TAGS = 'Aa'" }));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', lagRecords: 0 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(1_000).filter((offset) => offset % 6 === 0 && offset > 100));
  });

  it('refuses an expression that RocketMQ can not read', async () => {
    const sink = await lab.sink({ queues: 1 });
    await expect(sink.apply(reading(sink, { filter: 'amount >' }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^rocketmq\.filter: RocketMQ can't read/),
    });
  });

  it('refuses to filter a topic that stores batches as one message', async () => {
    const sink = await lab.sink({ queues: 1, queueType: 'BatchCQ' });
    await expect(sink.apply(reading(sink, { tags: [WANTED] }))).rejects.toMatchObject({
      code: 'WRONG_KIND',
      message: expect.stringContaining('rocketmq.tags'),
    });
  });
});
