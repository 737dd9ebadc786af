import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KafkaMessage } from '../../../infra/local/kafka-topics.ts';
import { hashText } from '../../../src/kit/index.ts';
import { KafkaLab, numbers, texts } from './kafka-lab.ts';

let lab: KafkaLab;
beforeAll(async () => {
  lab = await KafkaLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const maybeBytes = fc.option(bytes, { freq: 4 });
const messages: fc.Arbitrary<KafkaMessage[]> = fc.array(
  fc.record({
    partition: fc.nat(2),
    key: maybeBytes,
    value: maybeBytes,
    headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), maybeBytes), { maxLength: 3 }),
    // The producer of the tests can't write times further apart into one batch.
    timestamp: fc.integer({ min: 1_700_000_000_000, max: 1_702_000_000_000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('a run of the Kafka source', () => {
  it('copies everything as it is: bytes, nulls, headers, timestamps, in order per partition', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (written) => {
        const topic = await lab.topic(3);
        await lab.topics.produce(topic, written);
        const { records, caughtUp, lag } = await lab.run({ topics: [topic] });
        for (const partition of [0, 1, 2]) {
          const expected = written
            .filter((message) => message.partition === partition)
            .map(({ key, value, headers, timestamp }, offset) => ({
              partition: `${topic}-${partition}`,
              id: String(offset),
              position: String(offset + 1),
              key,
              value,
              headers: headers?.map(([name, content]) => ({ name, value: content })),
              timestamp,
              orderingKey: hashText(topic) + partition,
            }));
          expect(records.filter((record) => record.partition === `${topic}-${partition}`)).toEqual(expected);
        }
        expect([caughtUp, lag]).toEqual([true, 0]);
      }),
      { numRuns: 15 },
    );
  }, 900_000);

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads %s as Kafka itself compresses it', async (compression) => {
    const topic = await lab.topic(1, 0, [{ name: 'compression.type', value: compression }]);
    const written = Array.from({ length: 2_000 }, (_, index) => `${index} `.repeat(1 + (index % 50)));
    await lab.topics.produce(
      topic,
      written.map((value) => ({ partition: 0, key: null, value: Buffer.from(value) })),
    );
    expect(texts((await lab.run({ topics: [topic] })).records)).toEqual(written);
  });

  it('goes on where the last one ended, and finds nothing in one poll when nothing came', async () => {
    const topic = await lab.topic(2, 100);
    const first = await lab.run({ topics: [topic] });
    const idle = await lab.run({ topics: [topic] }, first);
    await lab.produce(topic, 10, 2, 100);
    const second = await lab.run({ topics: [topic] }, idle);
    expect(texts(first.records).sort()).toEqual(numbers(100).sort());
    expect([idle.records.length, idle.polls, idle.caughtUp]).toEqual([0, 1, true]);
    expect(texts(second.records).sort()).toEqual(numbers(10, 100).sort());
  });

  it('keeps the limits of each poll and hands the rest out later', async () => {
    const topic = await lab.topic(3, 500);
    const sizes: number[] = [];
    const { records } = await lab.run(
      { topics: [topic] },
      { limit: { maxRecords: 7, maxBytes: 1_000 }, onPoll: (polled) => void sizes.push(polled.length) },
    );
    expect(
      texts(records)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(numbers(500).map(Number));
    expect(Math.max(...sizes)).toBe(7);
  });

  it('reads records that are larger than what is fetched at a time', async () => {
    const topic = await lab.topic(2);
    const value = Buffer.alloc(900_000, 'x');
    for (const partition of [0, 1, 0, 1]) await lab.topics.produce(topic, [{ partition, key: null, value }]);
    const { records } = await lab.run({ topics: [topic], maxFetchBytes: 65_536 }, { limit: { maxRecords: 100, maxBytes: 1_000 } });
    expect(records.map((record) => record.value?.equals(value))).toEqual([true, true, true, true]);
  });

  it('learns to fetch batches that are larger than the share of a partition', async () => {
    const topic = await lab.topic(4);
    const value = Buffer.alloc(150_000, 'x');
    for (let batch = 0; batch < 32; batch += 1) await lab.topics.produce(topic, [{ partition: batch % 4, key: null, value }]);
    const { records, polls } = await lab.run({ topics: [topic], maxFetchBytes: 524_288 });
    expect(records).toHaveLength(32);
    // Not one by one: three of them fit into one answer.
    expect(polls).toBeLessThan(20);
  });

  it('ends at the end as it was at the start, and says how far behind it is', async () => {
    const topic = await lab.topic(1, 5);
    const { records, caughtUp, lag } = await lab.run(
      { topics: [topic] },
      {
        limit: { maxRecords: 1, maxBytes: 1_000 },
        onPoll: async (polled) => {
          if (polled.length > 0) await lab.produce(topic, 3);
          if (polled[0]?.id === '4') await new Promise((resolve) => setTimeout(resolve, 1_100));
        },
      },
    );
    expect(texts(records)).toEqual(numbers(5));
    expect([caughtUp, lag]).toEqual([true, 15]);
  });

  it('stops at the limit of a caller that has enough, with what is left as lag', async () => {
    const topic = await lab.topic(1, 50);
    const positions = new Map([[`${topic}-0`, '0']]);
    const limit = { maxRecords: 20, maxBytes: 1e6 };
    const { records, lag, caughtUp } = await lab.run({ topics: [topic] }, { positions, polls: 1, limit });
    expect([records.length, lag, caughtUp]).toEqual([20, 30, false]);
  });

  it('ends within a second of being asked to stop, with an error that says so', async () => {
    const topic = await lab.topic(1, 10);
    const stop = new AbortController();
    const task = await lab.task({ topics: [topic] }, { signal: stop.signal });
    await task.start();
    await task.poll({ maxRecords: 5, maxBytes: 1e6 });
    stop.abort();
    await expect(task.poll({ maxRecords: 5, maxBytes: 1e6 })).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    await task.stop();
  });

  it('gives every partition its turn while one has much more than the others', async () => {
    const topic = await lab.topic(4);
    const large = { partition: 0, key: null, value: Buffer.alloc(30_000, 'x') };
    for (let batch = 0; batch < 20; batch += 1) await lab.topics.produce(topic, [large]);
    await lab.topics.produce(
      topic,
      [1, 2, 3].map((partition) => ({ partition, key: null, value: Buffer.from('small') })),
    );
    const { records } = await lab.run({ topics: [topic], maxFetchBytes: 65_536 }, { limit: { maxRecords: 4, maxBytes: 1e6 } });
    expect(records).toHaveLength(23);
    expect(texts(records).lastIndexOf('small')).toBeLessThan(10);
  });
});
