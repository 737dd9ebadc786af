import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileSinkHarness } from '../../contract/harness/file-sink.ts';
import { SinkBench } from '../../contract/sink-connector/sink-bench.ts';
import type { SinkCopy } from '../../contract/sink-connector/sink-copy.ts';
import type { AwaitPoint } from '../../support/crash/interrupting.ts';
import { killRandomly, LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { runWorker } from '../../support/crash/run-worker.ts';

const CASE_LIMIT_MS = 600_000;
const MESSAGES = 10_000;
const WANTED = [7, 5_000, 9_998];
/** Tags of one hash. */
const [TAG, LIKE_IT] = ['Aa', 'BB'];

describe('a sink with a filter whose process is killed', () => {
  let bench: SinkBench;
  beforeAll(async () => {
    bench = await SinkBench.open(fileSinkHarness);
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  async function prepare(): Promise<SinkCopy> {
    const copy = await bench.prepare({ queues: 1, batch: { checkpointIntervalMs: 0 } });
    await copy.sink.fill(0, MESSAGES, (index) => ({ tag: WANTED.includes(index) ? TAG : LIKE_IT }));
    await copy.sink.apply({ rocketmq: { ...copy.sink.spec.rocketmq, tags: [TAG] } });
    return copy;
  }

  async function expectAll({ target, sink }: SinkCopy, wanted: readonly number[], end: number): Promise<void> {
    const read = (await target.read()).map(({ value }) => Number(String(value).split(' ')[1]));
    expect([...new Set(read)]).toEqual(wanted);
    expect((await sink.status()).taskStatus[0]?.positions[sink.queue(0)]).toMatch(new RegExp(`^${end}@\\d{13}$`));
  }

  const points: readonly AwaitPoint[] = [
    { method: 'queues.read', when: 'after', nth: 1 },
    { method: 'task.write', when: 'before', nth: 1 },
    { method: 'task.write', when: 'after', nth: 1 },
    { method: 'queues.tell', when: 'before', nth: 1 },
    { method: 'store.release', when: 'before', nth: 1 },
    { method: 'store.release', when: 'after', nth: 1 },
  ];

  it.each(points)(
    'loses none of 3 among 10,000 messages: $when $method',
    async (at) => {
      const copy = await prepare();
      expect((await runWorker(bench.order(copy, { at }))).signal).toBe('SIGKILL');
      await using later = bench.later(LEASE_OVER_MS);
      await copy.settle(later);
      await expectAll(copy, WANTED, MESSAGES);
    },
    CASE_LIMIT_MS,
  );

  it(
    'loses nothing when it is killed five times at random',
    async () => {
      const copy = await bench.prepare({ queues: 1, batch: { checkpointIntervalMs: 0, maxInFlightBytes: 4_000 } });
      const wanted: number[] = [];
      let filled = 0;
      const fill = async () => {
        const from = filled;
        filled += 20_000;
        await copy.sink.fill(0, 20_000, (index) => {
          const isWanted = index % 701 === 700;
          if (isWanted) wanted.push(from + index);
          return { body: Buffer.from(`0 ${from + index}`), tag: isWanted ? TAG : LIKE_IT };
        });
      };
      await fill();
      await copy.sink.apply({ rocketmq: { ...copy.sink.spec.rocketmq, tags: [TAG] } });
      const { laterMs } = await killRandomly(bench.order(copy), 5, 200, { more: fill });
      await using later = bench.later(laterMs);
      await copy.settle(later);
      await expectAll(copy, wanted, filled);
    },
    CASE_LIMIT_MS,
  );
});
