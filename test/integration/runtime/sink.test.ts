import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const refused = (reason: string) => new ConnectError('RECORD_REFUSED', reason);

describe('a sink', () => {
  let lab: SinkLab;
  /** A run whose first write takes long: other cases fill that time. */
  let slow: ReturnType<typeof writingSlowly>;
  beforeAll(async () => {
    lab = await SinkLab.open();
    slow = writingSlowly();
    // The case that asks for it gets the failure.
    slow.catch(() => undefined);
  });
  afterAll(async () => {
    await slow?.then(({ ran }) => ran).catch(() => undefined);
    await lab?.[Symbol.asyncDispose]();
  });

  async function writingSlowly() {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 100);
    sink.target.maxRecords = 60;
    const ran = (async () => {
      // A busy machine may take longer than a run may last until the first write begins.
      for (let maxDurationMs = 1_000; ; maxDurationMs *= 2) {
        await sink.apply({ batch: { ...sink.spec.batch, maxDurationMs } });
        sink.target.onWrite = async ({ signal }) => {
          // Longer than a write may go on when the run is asked to stop.
          await sleep(maxDurationMs + 9_000, undefined, { signal });
        };
        const summary = await sink.run({ deadlineMs: 60_000 + 4 * maxDurationMs });
        if (sink.target.batches.length > 0 || maxDurationMs > 60_000) return summary;
        await sink.ask({ action: 'run', connector: sink.spec.name, byHand: true });
      }
    })();
    ran.catch(() => undefined);
    return { sink, ran };
  }

  it('copies all queues in their order, and goes on where it was', async () => {
    const sink = await lab.sink({ queues: 4 });
    for (const queue of numbers(4)) await sink.fill(queue, 2_500);
    const plan = await sink.apply();
    expect(plan.tasks[0]?.partitions.toSorted()).toEqual(numbers(4).map((queue) => sink.queue(queue)));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 10_000, lagRecords: 0 });
    for (const queue of numbers(4)) expect(sink.target.offsets.get(sink.queue(queue))).toEqual(numbers(2_500));
    await sink.fill(1, 10);
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 10 });
    expect(sink.target.offsets.get(sink.queue(1))).toEqual(numbers(2_510));
    const { taskStatus } = await sink.status();
    expect(taskStatus[0]?.positions[sink.queue(1)]).toMatch(/^2510@\d{13}$/);
  });

  it('gives records as a source wrote them, and what RocketMQ says of them', async () => {
    const sink = await lab.sink({ queues: 1 });
    const record = {
      partition: 'p',
      id: '7',
      position: '8',
      key: Buffer.from([0, 255]),
      value: null,
      headers: [
        { name: 'a', value: null },
        { name: 'a', value: Buffer.from([1]) },
        { name: 'b', value: Buffer.from('text') },
      ],
      timestamp: 1_700_000_000_000,
      tag: 'blue',
    };
    await sink.fill(0, 1, () => recordToMessage('other', record));
    await sink.apply();
    await sink.run();
    const { partition: _, id: _1, position: _2, headers, ...rest } = record;
    const [written] = sink.target.written;
    expect(written).toMatchObject({ ...rest, topic: sink.topic, partition: sink.queue(0), offset: 0, sourceKey: 'other/p/7' });
    expect(written?.headers).toEqual(expect.arrayContaining(headers));
    expect(written?.headers).toHaveLength(3);
    expect(Math.abs((written?.storedAt ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  it('ends at its bounds, and the next run goes on', async () => {
    const sink = await lab.sink({ queues: 2 });
    for (const queue of [0, 1]) await sink.fill(queue, 1_500);
    await sink.apply({ batch: { ...sink.spec.batch, maxRecords: 1_100 } });
    for (const records of [1_100, 1_100, 800]) expect(await sink.run()).toMatchObject({ records });
    for (const queue of [0, 1]) expect(sink.target.offsets.get(sink.queue(queue))).toEqual(numbers(1_500));
  });

  it('writes 2,999 of 3,000 records and one dead letter, and looks for it in few writes', async () => {
    const sink = await lab.sink({ queues: 1 });
    const deadLetterTopic = await lab.topics.create({ queues: 1 });
    await sink.fill(0, 3_000, (index) => ({ keys: [`key-${index}`], properties: new Map([['color', 'red']]), tag: 'blue' }));
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    sink.target.onWrite = ({ records }) => {
      if (records.some(({ offset }) => offset === 1_711)) throw refused('the value is out of range');
    };
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 3_000, deadLetters: 1 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(3_000).filter((offset) => offset !== 1_711));
    const largest = Math.max(...sink.target.batches.map(({ records }) => records.length));
    const refusedWrites = sink.target.batches.filter(({ records }) => records.length < 500).length;
    expect(largest).toBeLessThanOrEqual(1_000);
    expect(refusedWrites).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(largest)) + 1);
    const [letter] = await dead(lab, deadLetterTopic);
    expect(String(letter?.body)).toBe('0 1711');
    expect(Object.fromEntries(letter?.properties ?? [])).toMatchObject({
      KEYS: 'key-1711',
      TAGS: 'blue',
      color: 'red',
      'connect-error-reason': 'the value is out of range',
      'connect-error-topic': sink.topic,
      'connect-error-partition': sink.queue(0),
      'connect-error-position': '1711',
    });
  });

  it('makes dead letters of records that the target refuses by their index, in their order', async () => {
    const sink = await lab.sink({ queues: 1 });
    const deadLetterTopic = await lab.topics.create({ queues: 4 });
    await sink.fill(0, 100);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    sink.target.failed = ({ records }) =>
      records.flatMap(({ offset }, index) => (offset % 10 === 3 ? [{ index, error: refused(`no ${offset}`) }] : []));
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 100, deadLetters: 10 });
    const letters = await dead(lab, deadLetterTopic);
    expect(letters.map(({ properties }) => properties.get('connect-error-position'))).toEqual(
      numbers(10).map((ten) => String(10 * ten + 3)),
    );
  });

  it('stops a queue at a refused record, names the place, and passes over it when told to', async () => {
    const sink = await lab.sink({ queues: 2 });
    for (const queue of [0, 1]) await sink.fill(queue, 100);
    await sink.apply();
    sink.target.onWrite = ({ partition, records }) => {
      if (partition === sink.queue(0) && records.some(({ offset }) => offset === 40)) throw refused('it is odd');
    };
    const place = `${sink.queue(0)}@40`;
    const stopped = await sink.run();
    expect(stopped).toMatchObject({ outcome: 'caught-up', records: 140, stopped: [{ place, code: 'RECORD_REFUSED' }] });
    expect(stopped.stopped?.[0]?.remedy).toContain(`skip ${sink.spec.name} --at '${place}'`);
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(40));
    expect((await sink.status()).taskStatus[0]?.state).toBe('DEGRADED');
    await sink.ask({ action: 'skip', connector: sink.spec.name, place });
    const passed = await sink.run();
    expect(passed).toMatchObject({ outcome: 'caught-up', skipped: [{ place }] });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(100).filter((offset) => offset !== 40));
    expect((await sink.status()).taskStatus[0]?.state).toBe('IDLE');
  });

  it('fails, and makes no dead letter, where most records are refused', async () => {
    const sink = await lab.sink({ queues: 1 });
    const deadLetterTopic = await lab.topics.create({ queues: 1 });
    await sink.fill(0, 100);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    sink.target.onWrite = ({ records }) => {
      if (records.some(({ offset }) => offset >= 20)) throw refused('no such column');
    };
    const { error } = await sink.run();
    expect(error?.message).toMatch(/more than half of 100 records are refused.*@20: no such column/);
    expect((await sink.status()).taskStatus[0]).toMatchObject({ state: 'FAILED' });
    expect(await dead(lab, deadLetterTopic)).toHaveLength(0);
    sink.target.onWrite = () => {};
    await sink.ask({ action: 'resume', connector: sink.spec.name });
    await sink.run();
    expect([...new Set(sink.target.offsets.get(sink.queue(0)))]).toEqual(numbers(100));
  });

  it('hands a target no more records at a time than it takes', async () => {
    const sink = await lab.sink({ queues: 1 });
    await sink.fill(0, 100);
    await sink.apply();
    sink.target.maxRecords = 30;
    await sink.run();
    expect(sink.target.batches.map(({ records }) => records.length)).toEqual([30, 30, 30, 10]);
  });

  it('lets a slow write end that began while there was time, and goes on behind it', async () => {
    const { sink, ran } = await slow;
    expect(await ran).toMatchObject({ outcome: 'deadline', records: 60 });
    sink.target.onWrite = () => {};
    await sink.run();
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(100));
  });

  it('opens no target and makes two requests to the store where there is nothing', async () => {
    // The store counts the requests of all runs.
    await slow.then(({ ran }) => ran);
    const sink = await lab.sink({ queues: 2 });
    await sink.fill(0, 5);
    await sink.apply();
    await sink.run();
    expect(sink.target.starts).toBe(1);
    const idle = async () => expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 0 });
    expect(await fewestRequests(lab.runtime.store, 2, idle)).toBe(2);
    expect([sink.target.starts, sink.target.stops]).toEqual([1, 1]);
  });

  it('makes dead letters of any number of records that the configuration refuses', async () => {
    const sink = await lab.sink({ queues: 1 });
    const deadLetterTopic = await lab.topics.create({ queues: 1 });
    await sink.fill(0, 100);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    sink.target.onWrite = ({ records }) => {
      if (records.some(({ offset }) => offset < 90)) throw new ConnectError('RECORD_REFUSED', 'too old', { expected: true });
    };
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 100, deadLetters: 90 });
    expect(sink.target.offsets.get(sink.queue(0))).toEqual(numbers(100).slice(90));
  });

  it('keeps its place while the target is away, without a dead letter', async () => {
    const sink = await lab.sink({ queues: 2 });
    const deadLetterTopic = await lab.topics.create({ queues: 1 });
    for (const queue of [0, 1]) await sink.fill(queue, 50);
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    const away = () => {
      throw new ConnectError('UNREACHABLE', 'the target is away', { retriable: true });
    };
    sink.target.onWrite = away;
    let failed = await sink.run({ deadlineMs: 4_000 });
    // The time of a run may be over before its first write, on a busy machine.
    for (let deadlineMs = 8_000; failed.error?.code !== 'UNREACHABLE' && deadlineMs < 100_000; deadlineMs *= 2) {
      await sink.ask({ action: 'run', connector: sink.spec.name, byHand: true });
      failed = await sink.run({ deadlineMs });
    }
    expect(failed).toMatchObject({ outcome: 'failed', records: 0, error: { code: 'UNREACHABLE' } });
    expect((await sink.status()).taskStatus[0]).toMatchObject({ state: 'RETRYING', positions: {} });
    expect(await dead(lab, deadLetterTopic)).toHaveLength(0);
    await sink.ask({ action: 'run', connector: sink.spec.name, byHand: true });
    let failures = 3;
    sink.target.onWrite = () => {
      failures -= 1;
      if (failures > 0) away();
    };
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 100 });
    for (const queue of [0, 1]) expect(sink.target.offsets.get(sink.queue(queue))).toEqual(numbers(50));
  });
});

const dead = async (lab: SinkLab, topic: string) => {
  await lab.topics.admin.dispatched();
  const letters = [];
  const queues = (await lab.topics.admin.topicStats(topic))?.length ?? 0;
  for (const queue of numbers(queues)) for await (const chunk of lab.topics.admin.readQueue(topic, queue)) letters.push(...chunk);
  return letters;
};
