import assert from 'node:assert/strict';
import { ConnectError, type ConnectRecord } from '../api/index.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { contentOf } from './content-of.ts';
import { planningCases } from './planning-cases.ts';
import type { SinkHarness } from './sink-harness.ts';
import { TestSink } from './test-sink.ts';

const STOP_MS = 2_000;

/**
 * Returns a case for each thing that every sink connector must do, for any test runner:
 * `for (const { name, run } of sinkCases(harness)) test(name, run)`. The cases run the runtime of this product with plan, positions and
 * queues in memory. They need no server but the system's own.
 */
export function sinkCases(harness: SinkHarness): ConformanceCase[] {
  const withSink = (queues: number, use: (sink: TestSink) => Promise<void>) => () => TestSink.with(harness, queues, use);
  return [
    ...planningCases(withSink),
    {
      name: 'writes every record once, in the order of its queue',
      run: withSink(3, async (sink) => {
        await sink.plan(2);
        sink.fill(500);
        await sink.settle();
        assert.equal(await sink.repeats(), 0);
      }),
    },
    {
      name: 'writes what the system can carry, byte for byte',
      run: withSink(1, async (sink) => {
        const samples = sink.target.samples ?? [];
        sink.queues.put(sink.queues.names[0] as string, samples);
        await sink.plan();
        await sink.settle();
        const arrived = await sink.target.read();
        assert.equal(arrived.length, samples.length);
        for (const [index, sample] of samples.entries()) {
          const wanted = sink.expected(sample);
          assert.deepEqual(contentOf(arrived[index] as ConnectRecord, wanted), contentOf(wanted, wanted));
        }
      }),
    },
    {
      name: 'goes on at the stored positions, run after run, also where a plan moved queues',
      run: withSink(4, async (sink) => {
        await sink.plan(1);
        sink.fill(50);
        await sink.settle({ maxRecords: 7 });
        await sink.plan(3);
        sink.fill(3);
        await sink.settle({ maxRecords: 7 });
        assert.equal(await sink.repeats(), 0);
      }),
    },
    {
      name: 'writes again what a run wrote that died before it stored a position',
      run: withSink(2, async (sink) => {
        await sink.plan();
        sink.fill(40);
        await sink.settle();
        sink.positions.clear();
        await sink.settle();
        assert.equal(await sink.repeats(), harness.exactlyOnce === true ? 0 : 2 * 40);
      }),
    },
    {
      name: 'keeps the order of each key where lanes of a queue write side by side, also after a run that died',
      run: withSink(1, async (sink) => {
        const system = { ...sink.target.config, ordering: 'key', lanes: 4 };
        // A type may leave out `sinkOptions`.
        if (harness.exactlyOnce === true || !(await sink.type()).config.safeParse(system).success) return;
        const [queue] = sink.queues.names as [string];
        const keys = Array.from({ length: 13 }, (_, index) => `key ${index}`);
        await sink.plan();
        sink.fillByKey(queue, keys, 300);
        const afterWrite = async ({ lane }: { readonly lane: string }) => {
          if (lane.endsWith('2')) throw new ConnectError('WRONG_STATE', 'it died here');
        };
        await sink.run({ system, watcher: { afterWrite } });
        await sink.settle({ system, maxRecords: 70 });
        await sink.expectByKey(queue, keys, 300);
      }),
    },
    {
      name: 'loses nothing where the answer to a write is lost',
      run: withSink(2, async (sink) => {
        await sink.plan();
        sink.fill(40);
        let lost = 3;
        const afterWrite = async () => {
          lost -= 1;
          if (lost >= 0) throw new ConnectError('UNREACHABLE', 'the answer was lost', { retriable: true });
        };
        await sink.settle({ watcher: { afterWrite } });
        const repeats = await sink.repeats();
        if (harness.exactlyOnce === true) assert.equal(repeats, 0);
      }),
    },
    {
      name: 'stops a queue at a record that the target refuses, with all before it written',
      run: withSink(1, async (sink) => {
        const { refused } = sink.target;
        if (refused === undefined) return;
        const [queue] = sink.queues.names as [string];
        sink.fill(20);
        sink.queues.put(queue, [refused]);
        await sink.plan();
        const { summary } = await sink.run();
        assert.deepEqual(
          summary.stopped?.map(({ partition, code }) => ({ partition, code })),
          [{ partition: queue, code: 'RECORD_REFUSED' }],
        );
        assert.equal(await sink.repeats(), 0);
      }),
    },
    {
      name: 'ends soon after it is asked to, and the next run goes on there',
      run: withSink(2, async (sink) => {
        await sink.plan();
        sink.fill(200);
        const stop = new AbortController();
        await sink.run({ watcher: { beforeWrite: async () => stop.abort() }, signal: stop.signal });
        await sink.settle();
        await sink.repeats();
      }),
    },
    {
      name: 'says what is wrong in a task as its check does',
      run: withSink(1, async (sink) => {
        await sink.plan();
        sink.fill(1);
        for (const { config: system, code } of sink.target.wrong) {
          const { error, outcome } = (await sink.run({ system })).summary;
          assert.deepEqual({ outcome, code: error?.code }, { outcome: 'failed', code });
        }
      }),
    },
    {
      name: 'stops within its time, also where it was never started',
      run: withSink(1, (sink) => sink.stopUnstarted(STOP_MS)),
    },
  ];
}
