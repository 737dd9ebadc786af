import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mysqlSinkHarness } from '../../contract/harness/mysql-sink.ts';
import { SinkBench } from '../../contract/sink-connector/sink-bench.ts';
import { killRandomly, LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { reportOf, startWorker } from '../../support/crash/run-worker.ts';

const CASE_LIMIT_MS = 300_000;
const steps = { maxInFlightBytes: 16_000, checkpointIntervalMs: 0 };

describe('rows of a table without a key', () => {
  let bench: SinkBench;
  beforeAll(async () => {
    bench = await SinkBench.open(mysqlSinkHarness);
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  it(
    'are there once, though processes are killed at random and one that was frozen goes on behind its successor',
    async () => {
      const copy = await bench.copy({ messages: 1_500, batch: steps });
      const { laterMs } = await killRandomly(bench.order(copy), 6, 300, { more: () => copy.fill(500) });
      await copy.fill(600);
      const at = { method: 'task.write', when: 'before', nth: 3 } as const;
      await using frozen = startWorker(bench.order(copy, { at, signal: 'SIGSTOP', laterMs }));
      await frozen.stopped();
      const later = bench.later(laterMs + LEASE_OVER_MS);
      await copy.settle(later);
      frozen.kill('SIGCONT');
      await frozen.exited;
      expect(reportOf(frozen)?.outcome.outcome).toBe('lease-lost');
      await copy.settle(later);
      expect(await copy.expectComplete()).toBe(0);
      await later.close();
    },
    CASE_LIMIT_MS,
  );

  it(
    'are there but for the one of many that is refused, which is a dead letter once',
    async () => {
      const copy = await bench.prepare({ queues: 1, messages: 5_000 });
      const deadLetterTopic = await bench.lab.topics.create({ queues: 1 });
      const refused = copy.target.refused?.();
      if (refused === undefined) throw new Error('nothing is refused');
      await copy.put(0, [refused]);
      await copy.fill(4_999);
      await copy.sink.apply({ errors: { ...copy.sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
      expect(await copy.sink.run({ deadlineMs: 120_000 })).toMatchObject({ outcome: 'caught-up', records: 10_000, deadLetters: 1 });
      expect(await copy.expectComplete()).toBe(0);
      // One that is the last of its queue is behind the position that the table has, and is settled all the same.
      await copy.put(0, [refused]);
      expect(await copy.sink.run()).toMatchObject({ outcome: 'caught-up', records: 1, deadLetters: 1 });
      await copy.fill(1);
      expect(await copy.sink.run()).toMatchObject({ outcome: 'caught-up', records: 1, deadLetters: 0 });
      expect(await copy.expectComplete()).toBe(0);
    },
    CASE_LIMIT_MS,
  );
});
