import assert from 'node:assert/strict';
import type { SourceRecord } from '../api/index.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { contentOf } from './content-of.ts';
import type { SourceHarness } from './source-harness.ts';
import { brokerAway, TestCopy } from './test-copy.ts';

const STOP_MS = 2_000;
/** A source that never catches up with what comes meanwhile would be polled for ever. */
const MANY_POLLS = 200;

/** What a source task must do in a run. */
export function sourceTaskCases(harness: SourceHarness): ConformanceCase[] {
  const withCopy = (partitions: number, use: (copy: TestCopy) => Promise<void>) => () => TestCopy.with(harness, partitions, use);
  const cases: ConformanceCase[] = [
    {
      name: 'copies every record once, in the order of its partition',
      run: withCopy(3, async (copy) => {
        await copy.plan(2);
        await copy.fill(500);
        await copy.settle();
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'copies what the system can carry, byte for byte',
      run: withCopy(1, async (copy) => {
        const { source } = copy;
        const [partition = ''] = source.partitions;
        await source.fill(partition, source.samples ?? []);
        await copy.plan();
        await copy.settle();
        const wanted = (source.samples ?? []).map((record) => copy.expected(record));
        const arrived = copy.rocketmq.of(partition);
        assert.equal(arrived.length, wanted.length);
        for (const [index, record] of wanted.entries())
          assert.deepEqual(contentOf(arrived[index] as SourceRecord, record), contentOf(record, record));
      }),
    },
    {
      name: 'is caught up where there is nothing, and copies what comes later',
      run: withCopy(2, async (copy) => {
        await copy.plan();
        const { summary } = await copy.run();
        assert.deepEqual({ outcome: summary.outcome, records: summary.records }, { outcome: 'caught-up', records: 0 });
        await copy.fill(10);
        await copy.settle();
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'knows what is pending, or says that it does not',
      run: withCopy(2, async (copy) => {
        await copy.plan(2);
        await copy.fill(3);
        await copy.expectPending(copy.partitions);
        await copy.settle();
        await copy.expectPending([]);
        const [first = ''] = copy.partitions;
        await copy.source.fill(first, [{ key: null, value: Buffer.from('one more'), headers: [] }]);
        await copy.expectPending([first]);
      }),
    },
    {
      name: 'goes on at the stored positions, run after run',
      run: withCopy(2, async (copy) => {
        await copy.plan();
        await copy.fill(50);
        await copy.settle({ maxRecords: 7 });
        await copy.fill(3);
        await copy.settle({ maxRecords: 7 });
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'ends at the end of the source as it was when the run began, also while more comes',
      run: withCopy(1, async (copy) => {
        await copy.plan();
        await copy.fill(100);
        let polls = 0;
        const stop = new AbortController();
        const beforePoll = async () => {
          polls += 1;
          if (polls === MANY_POLLS) stop.abort();
          else await copy.fill(1);
        };
        const { summary } = await copy.run({ watcher: { beforePoll }, signal: stop.signal });
        assert.equal(summary.outcome, 'caught-up', `it was not caught up after ${MANY_POLLS} polls`);
        await copy.settle();
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'keeps its place when a plan moves partitions between tasks',
      run: withCopy(5, async (copy) => {
        await copy.plan(2);
        await copy.fill(20);
        await copy.settle();
        await copy.plan(4);
        await copy.fill(20);
        await copy.settle();
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'ends soon after it is asked to, and the next run goes on there',
      run: withCopy(1, async (copy) => {
        await copy.plan();
        await copy.fill(200);
        const stop = new AbortController();
        copy.rocketmq.beforeSend = async () => stop.abort();
        await copy.run({ signal: stop.signal });
        copy.rocketmq.beforeSend = async () => {};
        await copy.settle();
        copy.repeats();
      }),
    },
    {
      name: 'brings again what RocketMQ did not take',
      run: withCopy(2, async (copy) => {
        await copy.plan();
        await copy.fill(30);
        copy.rocketmq.beforeSend = async () => {
          throw brokerAway();
        };
        assert.equal((await copy.run()).summary.outcome, 'failed');
        copy.rocketmq.beforeSend = async () => {};
        await copy.settle();
        assert.equal(copy.repeats(), 0);
      }),
    },
    {
      name: 'says what is wrong in a task as its check does',
      run: withCopy(1, async (copy) => {
        await copy.plan();
        for (const { config: system, code } of copy.source.wrong) {
          const { error, outcome } = (await copy.run({ system })).summary;
          assert.deepEqual({ outcome, code: error?.code }, { outcome: 'failed', code });
        }
      }),
    },
    {
      name: 'stops within its time, also where it was never started',
      run: withCopy(1, (copy) => copy.stopUnstarted(STOP_MS)),
    },
  ];
  return harness.isQueue === true ? cases : [...cases, ...logCases(withCopy)];
}

/** What only holds where records stay in the system. */
function logCases(withCopy: (partitions: number, use: (copy: TestCopy) => Promise<void>) => () => Promise<void>): ConformanceCase[] {
  return [
    {
      name: 'goes on right behind the record of any position',
      run: withCopy(1, async (copy) => {
        const COUNT = 8;
        await copy.plan();
        await copy.fill(COUNT);
        await copy.settle();
        const all = [...copy.rocketmq.arrived];
        for (const [index, { partition, position }] of all.entries()) {
          copy.rocketmq.arrived.length = 0;
          await copy.run({ positions: new Map([[partition, position]]) });
          assert.deepEqual(idsOf(copy.rocketmq.arrived), idsOf(all.slice(index + 1)));
        }
      }),
    },
    {
      name: 'gives a record the same id each time, so that a repeat after a crash can be told',
      run: withCopy(2, async (copy) => {
        await copy.plan();
        await copy.fill(40);
        await copy.settle();
        // A run that died before it stored a position.
        copy.positions.clear();
        await copy.settle();
        assert.equal(copy.repeats(), 2 * 40);
      }),
    },
  ];
}

const idsOf = (records: readonly SourceRecord[]): string[] => records.map(({ id }) => id);
