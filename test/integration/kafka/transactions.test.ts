import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaLab, numbers, texts } from './kafka-lab.ts';

let lab: KafkaLab;
beforeAll(async () => {
  lab = await KafkaLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

describe('transactions', () => {
  it('are copied when they are committed, and never when they are aborted', async () => {
    const topic = await lab.topic(1, 1);
    await (await lab.transaction(topic, ['committed-1', 'committed-2'])).commit();
    await (await lab.transaction(topic, ['aborted'])).abort();
    await lab.produce(topic, 1, 1, 1);
    const { records, positions, lag } = await lab.run({ topics: [topic] });
    expect(texts(records)).toEqual(['0', 'committed-1', 'committed-2', '1']);
    // One offset for each marker, also for one that ends the partition.
    expect([positions.get(`${topic}-0`), lag]).toEqual(['7', 0]);
  });

  it('that are open hold back what comes after them, until they end', async () => {
    const topic = await lab.topic(1, 1);
    const open = await lab.transaction(topic, ['open']);
    await lab.produce(topic, 1, 1, 1);
    const before = await lab.run({ topics: [topic] });
    await open.commit();
    const after = await lab.run({ topics: [topic] }, before);
    expect([texts(before.records), before.caughtUp, before.positions.get(`${topic}-0`)]).toEqual([['0'], true, '1']);
    expect(texts(after.records)).toEqual(['open', '1']);
    expect(before.notices).toEqual([
      `records wait behind a transaction that is open: ${topic}-0 (2 offsets from 1 on); they are copied once it has ended`,
    ]);
    expect([before.lag, after.lag, after.notices]).toEqual([2, 0, []]);
  });

  it('that are aborted leave nothing to copy, and the run still reaches the end', async () => {
    const topic = await lab.topic(1);
    await (await lab.transaction(topic, ['aborted'])).abort();
    const run = await lab.run({ topics: [topic] });
    expect([run.records, run.positions.get(`${topic}-0`), run.caughtUp]).toEqual([[], '2', true]);
    expect((await lab.run({ topics: [topic] }, run)).polls).toBe(1);
  });

  it('that are aborted are left out where their end is fetched much later than their beginning', async () => {
    const topic = await lab.topic(1);
    const aborted = await lab.transaction(topic, ['aborted']);
    const value = Buffer.alloc(20_000, 'x');
    for (let batch = 0; batch < 12; batch += 1) await lab.topics.produce(topic, [{ partition: 0, key: null, value }]);
    await aborted.abort();
    const { records } = await lab.run({ topics: [topic], maxFetchBytes: 65_536 });
    expect(records.map(({ id }) => id)).toEqual(numbers(12, 1));
  });

  it('that are aborted are passed step by step, so that a run that is cut short has not looked in vain', async () => {
    const topic = await lab.topic(1);
    const value = 'x'.repeat(30_000);
    for (let aborts = 0; aborts < 6; aborts += 1) await (await lab.transaction(topic, [value, value])).abort();
    const positions = new Map([[`${topic}-0`, '0']]);
    const run = await lab.run({ topics: [topic], maxFetchBytes: 65_536 }, { positions, polls: 1 });
    expect([run.records.length, run.caughtUp]).toEqual([0, false]);
    expect(Number(run.positions.get(`${topic}-0`))).toBeGreaterThan(0);
  });

  it('are copied whatever becomes of them with read_uncommitted', async () => {
    const topic = await lab.topic(1);
    await (await lab.transaction(topic, ['aborted'])).abort();
    await lab.transaction(topic, ['open']);
    const { records, caughtUp } = await lab.run({ topics: [topic], isolation: 'read_uncommitted' });
    expect([texts(records), caughtUp]).toEqual([['aborted', 'open'], true]);
  });
});

describe('a compacted topic', () => {
  it('is read over the gaps that compaction left', async () => {
    const configs = [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'segment.bytes', value: '1048576' },
      { name: 'min.cleanable.dirty.ratio', value: '0.01' },
      { name: 'min.compaction.lag.ms', value: '0' },
    ];
    await lab.brokerSetting('log.cleaner.backoff.ms', '100');
    try {
      const topic = await lab.topic(1, 0, configs);
      const key = (name: string, size: number) => ({ partition: 0, key: Buffer.from(name), value: Buffer.alloc(size, 'x') });
      // Two full segments with the same keys, and an active one, which is never cleaned.
      for (let index = 0; index < 24; index += 1) await lab.topics.produce(topic, [key(`k${index % 3}`, 100_000), key('same', 10)]);
      const ids = async () => (await lab.run({ topics: [topic] })).records.map(({ id }) => Number(id));
      let read = await ids();
      // How soon the broker cleans is its own affair.
      while (read.length === 48) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        read = await ids();
      }
      expect(read.length).toBeLessThan(48);
      expect(read).toEqual(read.toSorted((a, b) => a - b));
      expect(read.at(-1)).toBe(47);
      expect((await lab.run({ topics: [topic] })).positions.get(`${topic}-0`)).toBe('48');
    } finally {
      await lab.brokerSetting('log.cleaner.backoff.ms', undefined);
    }
  }, 900_000);
});
