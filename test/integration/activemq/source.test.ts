import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { RECEIVE_ROOM_BYTES } from '../../../src/kit/index.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';
import { stackAddresses } from '../../support/stack.ts';
import { ActivemqLab, headersOf, numbered, numbers, texts } from './activemq-lab.ts';

describe.each(['activemq', 'artemis'] as const)('a run of the ActiveMQ source on %s', (server) => {
  let lab: ActivemqLab;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses())[server]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('copies all of a queue in order, once', async () => {
    const queue = await lab.queue(3_000);
    const { records } = await lab.run({ queues: [queue] });
    expect(texts(records)).toEqual(numbers(3_000));
    expect(records.map(({ position }) => position)).toEqual(numbers(3_000, 1));
    expect(records[0]).toMatchObject({ partition: queue, id: 'm-0', key: Buffer.from('m-0') });
    expect((await lab.run({ queues: [queue] })).records).toEqual([]);
  });

  it('counts on from the position that was stored', async () => {
    const queue = await lab.queue(2);
    const { records } = await lab.run({ queues: [queue] }, { positions: new Map([[queue, '40']]) });
    expect(records.map(({ position }) => position)).toEqual(['41', '42']);
  });

  it('leaves what RocketMQ does not have at the broker, in its place and not counted as delivered', async () => {
    const queue = await lab.queue(2_000);
    for (let run = 0; run < 12; run += 1) {
      await lab.run({ queues: [queue] }, { polls: 3, limit: { maxRecords: 100, maxBytes: 1e6 }, acknowledge: () => [] });
    }
    const { records } = await lab.run({ queues: [queue] }, { polls: 2, limit: { maxRecords: 100, maxBytes: 1e6 } });
    const rest = await lab.run({ queues: [queue] });
    expect(texts([...records, ...rest.records])).toEqual(numbers(2_000));
    expect(rest.records.filter((record) => 'jms-delivery-count' in headersOf(record))).toEqual([]);
  });

  it('acknowledges up to a record and not one more', async () => {
    const queue = await lab.queue(500);
    await lab.run({ queues: [queue] }, { acknowledge: (records) => records.filter(({ value }) => String(value) === '122') });
    expect(texts((await lab.run({ queues: [queue] })).records)).toEqual(numbers(500 - 123, 123));
  });

  it('reads several queues, each with a turn of its own', async () => {
    const [many, few] = [await lab.queue(2_000), await lab.queue(5)];
    const { records } = await lab.run({ queues: [many, few] }, { limit: { maxRecords: 20, maxBytes: 1e6 } });
    expect(records).toHaveLength(2_005);
    expect(texts(records.filter(({ partition }) => partition === few))).toEqual(numbers(5));
  });

  it('shares a queue among several consumers', async () => {
    const queue = await lab.queue(1_000);
    const { records } = await lab.run({ queues: [queue], consumersPerQueue: 2 });
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([`${queue}@0`, `${queue}@1`]));
    expect(new Set(texts(records))).toEqual(new Set(numbers(1_000)));
  });

  it('copies only what a selector wants and leaves the others', async () => {
    const queue = await lab.queue(
      Array.from({ length: 100 }, (_, n) => ({ body: String(n), application_properties: { n, color: n % 2 === 0 ? 'red' : 'blue' } })),
    );
    const { records } = await lab.run({ queues: [queue], selectors: { [queue]: "color = 'red' AND n >= 50" } });
    expect(texts(records)).toEqual(numbers(100).filter((n) => Number(n) % 2 === 0 && Number(n) >= 50));
    expect((await lab.run({ queues: [queue] })).records).toHaveLength(75);
  });

  it('has little in memory, whatever the size of the messages', async () => {
    const body = rhea.message.data_section(Buffer.alloc(1024 * 1024, 'x'));
    const queue = await lab.queue([...numbered(2_500), ...Array.from({ length: 40 }, () => ({ body }))]);
    const task = lab.task({ queues: [queue] });
    await task.start();
    const first = await task.poll({ maxRecords: 1, maxBytes: 1 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = liveBufferBytes();
    let records = first.records.length;
    let large = 0;
    for (let polled = first; !polled.caughtUp; records += polled.records.length) {
      polled = await task.poll({ maxRecords: 1_000, maxBytes: 1e6 });
      for (const { partition, position } of polled.records) task.acknowledged(partition, position);
      large += polled.records.filter(({ value }) => (value?.length ?? 0) > 1e6).length;
      // To look takes longer than all else.
      if (large % 10 === 1) expect(liveBufferBytes() - before).toBeLessThan(2 * RECEIVE_ROOM_BYTES);
    }
    expect({ records, large }).toEqual({ records: 2_540, large: 40 });
    await task.stop();
  });

  it('ends within a second of being asked to stop, with an error that says so', async () => {
    const stop = new AbortController();
    const task = lab.task({ queues: [await lab.queue(10)] }, { signal: stop.signal });
    await task.start();
    await task.poll({ maxRecords: 5, maxBytes: 1e6 });
    stop.abort();
    await expect(task.poll({ maxRecords: 5, maxBytes: 1e6 })).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    await task.stop();
  });

  it('leaves no timer behind, even where it is stopped while the broker is asked for the end', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
    const queue = await lab.queue(0);
    await lab.run({ queues: [queue] });
    const before = timers();
    for (let waitMs = 20; waitMs < 60; waitMs += 2) {
      const task = lab.task({ queues: [queue] });
      await task.start();
      await sleep(waitMs);
      await task.stop();
    }
    // Those of the connection itself come and go.
    for (const until = Date.now() + 40_000; timers() > before && Date.now() < until; ) await sleep(50);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
