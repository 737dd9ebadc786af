import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seriesOf } from '../../../console/connector/chart-series.ts';
import type { PricedRun } from '../../../src/console/answers.ts';

const run = (startedAt: number, endedAt: number, records: number, more: Partial<PricedRun> = {}): PricedRun => ({
  connector: 'c',
  task: 0,
  outcome: 'caught-up',
  bytes: 0,
  deadLetters: 0,
  startedAt,
  endedAt,
  records,
  ...more,
});

describe('the charts of runs', () => {
  it('spread the records of each run over its time', () => {
    const { times, throughput } = seriesOf([run(0, 4_000, 40), run(2_000, 4_000, 10)], 4);
    expect(times).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(throughput).toEqual([10, 10, 15, 15]);
  });

  it('add up what the tasks left, as far as it is known', () => {
    const runs = [
      run(3_000, 4_000, 0, { task: 1, lagRecords: 0 }),
      run(0, 2_000, 0, { lagRecords: 7 }),
      run(1_000, 3_000, 0, { task: 1, lagRecords: 5 }),
      run(2_000, 2_500, 0),
    ];
    expect(seriesOf(runs, 4).lag).toEqual([null, 7, 12, 7]);
  });

  it('lose no record, and end with what is left now', () => {
    const runs = fc.array(
      fc
        .record({ from: fc.nat(1e6), length: fc.nat(1e5), records: fc.nat(1e6), task: fc.nat(3), lagRecords: fc.nat(100) })
        .map(({ from, length, records, task, lagRecords }) => run(from, from + length, records, { task, lagRecords })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 100 }), (all, stretches) => {
        const { times, throughput, lag } = seriesOf(all, stretches);
        const [from, until] = [Math.min(...all.map((each) => each.startedAt)), Math.max(...all.map((each) => each.endedAt))];
        const seconds = Math.max(1_000, until - from) / stretches / 1_000;
        const sum = throughput.reduce((total, each) => total + each * seconds, 0);
        expect(sum).toBeCloseTo(
          all.reduce((total, { records }) => total + records, 0),
          2,
        );
        expect(times).toHaveLength(stretches);
        const last = new Map(all.toSorted((a, b) => a.endedAt - b.endedAt).map((each) => [each.task, each.lagRecords ?? 0]));
        expect(lag.at(-1)).toBe([...last.values()].reduce((total, each) => total + each, 0));
      }),
    );
  });

  it('are empty without runs', () => expect(seriesOf([])).toEqual({ times: [], throughput: [], lag: [] }));
});
