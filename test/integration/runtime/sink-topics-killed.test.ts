import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { fileSinkHarness } from '../../contract/harness/file-sink.ts';
import { SinkBench } from '../../contract/sink-connector/sink-bench.ts';
import { killRandomly } from '../../support/crash/kill-randomly.ts';

const CASE_LIMIT_MS = 600_000;
const MESSAGES = 10_000;

describe('a sink of two topics whose process is killed', () => {
  let bench: SinkBench;
  beforeAll(async () => {
    bench = await SinkBench.open(fileSinkHarness);
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  it(
    'loses nothing of either, and keeps the order of each queue',
    async () => {
      const copy = await bench.prepare({ queues: 1, batch: { checkpointIntervalMs: 0, maxInFlightBytes: 4_000 } });
      const { sink } = copy;
      const topics = [sink.topic, await bench.lab.topics.create({ queues: 1 })];
      let filled = 0;
      const fill = async () => {
        const from = filled;
        filled += MESSAGES;
        for (const topic of topics)
          await bench.lab.fill(topic, 0, MESSAGES, (index) => ({ body: Buffer.from(`${topic} ${from + index}`) }));
      };
      await fill();
      const { topic: _, ...access } = sink.spec.rocketmq;
      await sink.apply({ rocketmq: { ...access, topics } as ConnectorSpec['rocketmq'] });
      const { laterMs } = await killRandomly(bench.order(copy), 4, 400, { more: fill });
      await using later = bench.later(laterMs);
      await copy.settle(later);
      const written = (await copy.target.read()).map(({ value }) => String(value).split(' '));
      for (const topic of topics) {
        const firstCopies = [...new Set(written.filter(([from]) => from === topic).map(([, number]) => Number(number)))];
        expect(firstCopies).toEqual(Array.from({ length: filled }, (_unused, index) => index));
        expect((await sink.status()).taskStatus[0]?.positions[`${topic}:broker-a:0`]).toMatch(new RegExp(`^${filled}@\\d{13}$`));
      }
    },
    CASE_LIMIT_MS,
  );
});
