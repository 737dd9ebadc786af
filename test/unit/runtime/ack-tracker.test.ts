import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AckTracker } from '../../../src/runtime/run/ack-tracker.ts';
import { AckUnit } from '../../../src/runtime/run/ack-unit.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';

const places = (...positions: string[]) => positions.map((position) => ({ partition: 'p', position }));

describe('the acknowledged prefix', () => {
  it('tells each place as soon as everything before it is acknowledged, once', () => {
    const reported: string[] = [];
    const tracker = new AckTracker();
    tracker.onReached = (partition, position) => reported.push(`${partition}=${position}`);
    const [first, second] = [new AckUnit(), new AckUnit()];
    tracker.add({ partition: 'p', position: '1' }, first);
    tracker.add({ partition: 'p', position: '2' }, second);
    tracker.add({ partition: 'q', position: '7' }, second);
    tracker.acknowledge(second);
    expect(reported).toEqual(['q=7']);
    tracker.acknowledge(first);
    expect(reported).toEqual(['q=7', 'p=2']);
  });

  it('goes up to the record at which a partition is blocked, and not past a gap before it', () => {
    const tracker = new AckTracker();
    const [first, second] = [new AckUnit(), new AckUnit()];
    tracker.add({ partition: 'p', position: '1' }, first);
    for (const position of ['2', '3', '4']) tracker.add({ partition: 'p', position }, second);
    tracker.add({ partition: 'q', position: '7' }, second);
    expect(tracker.blockWithin('p', second, places('2', '3'))).toBe(true);
    expect(tracker.positions.size).toBe(0);
    tracker.acknowledge(second);
    expect(Object.fromEntries(tracker.positions)).toEqual({ q: '7' });
    tracker.acknowledge(first);
    expect(Object.fromEntries(tracker.positions)).toEqual({ p: '3', q: '7' });
    tracker.skipTo('p', '9');
    expect(tracker.positions.get('p')).toBe('3');
  });

  it('finds the record in a unit with records of another between its own', () => {
    const tracker = new AckTracker();
    const [first, second] = [new AckUnit(), new AckUnit()];
    for (const [position, unit] of [
      ['1', first],
      ['2', second],
      ['3', first],
      ['4', first],
    ] as const)
      tracker.add({ partition: 'p', position }, unit);
    tracker.blockWithin('p', first, places('1', '3'));
    tracker.acknowledge(second);
    expect(tracker.positions.size).toBe(0);
    tracker.acknowledge(first);
    expect(tracker.positions.get('p')).toBe('3');
  });

  it('is blocked where the partition stops first, in whichever order the stops are found', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const tracker = new AckTracker();
      const units = [new AckUnit(), new AckUnit()] as const;
      tracker.add({ partition: 'p', position: '1' }, units[0]);
      tracker.add({ partition: 'p', position: '2' }, units[1]);
      const blocked = order.map((index) => tracker.blockWithin('p', units[index as 0 | 1], []));
      expect(blocked).toEqual(order[0] === 0 ? [true, false] : [true, true]);
      for (const unit of units) tracker.acknowledge(unit);
      expect(tracker.positions.size).toBe(0);
    }
  });

  it('takes what was read of a partition before it was blocked at its end', () => {
    const tracker = new AckTracker();
    const unit = new AckUnit();
    tracker.add({ partition: 'p', position: '1' }, unit);
    tracker.block('p');
    tracker.acknowledge(unit);
    expect(tracker.positions.get('p')).toBe('1');
  });

  it('is held back by a gap and moves past it when it is filled', () => {
    const tracker = new AckTracker();
    const [first, second] = [new AckUnit(), new AckUnit()];
    tracker.add({ partition: 'p', position: '1' }, first);
    tracker.add({ partition: 'p', position: '2' }, second);
    tracker.acknowledge(second);
    expect(tracker.positions.get('p')).toBeUndefined();
    tracker.acknowledge(first);
    expect(tracker.positions.get('p')).toBe('2');
  });

  it('takes a place without a record at once when nothing is before it, else with the last record', () => {
    const tracker = new AckTracker();
    tracker.skipTo('p', '5');
    expect(tracker.positions.get('p')).toBe('5');
    const unit = new AckUnit();
    tracker.add({ partition: 'p', position: '6' }, unit);
    tracker.skipTo('p', '9');
    expect(tracker.positions.get('p')).toBe('5');
    tracker.acknowledge(unit);
    expect(tracker.positions.get('p')).toBe('9');
  });

  it('keeps no record that is acknowledged, however long a gap before it stays', () => {
    const tracker = new AckTracker();
    const stuck = new AckUnit();
    const before = liveBufferBytes();
    for (let round = 0; round < 50; round += 1) {
      const unit = new AckUnit();
      for (let index = 0; index < 100; index += 1) {
        const position = String(round * 100 + index);
        const mine = index % 2 === 1;
        const record = { partition: 'p', position, value: Buffer.alloc(mine ? 10_000 : 1) };
        tracker.add(record, mine ? unit : stuck);
      }
      tracker.acknowledge(unit);
    }
    expect(liveBufferBytes() - before).toBeLessThan(2_000_000);
    expect(tracker.positions.size).toBe(0);
    tracker.acknowledge(stuck);
    expect(tracker.positions.get('p')).toBe('4999');
  });

  it('says once that it moved', () => {
    const tracker = new AckTracker();
    const unit = new AckUnit();
    tracker.add({ partition: 'p', position: '1' }, unit);
    expect(tracker.takeChanged()).toBe(false);
    tracker.acknowledge(unit);
    expect(tracker.takeChanged()).toBe(true);
    expect(tracker.takeChanged()).toBe(false);
  });

  it('is exactly the longest prefix without a gap, for any spread over units and any order of acknowledgements', () => {
    const records = fc.array(fc.record({ partition: fc.constantFrom('a', 'b', 'c'), unit: fc.nat(6), skip: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(records, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6]), fc.boolean(), (read, acknowledged, early) => {
        const tracker = new AckTracker();
        const units: AckUnit[] = Array.from({ length: 7 }, () => new AckUnit());
        for (const [index, { partition, unit, skip }] of read.entries()) {
          if (skip) tracker.skipTo(partition, String(index));
          else tracker.add({ partition, position: String(index) }, units[unit] as AckUnit);
          const isComplete = !read.slice(index + 1).some((later) => later.unit === unit && !later.skip);
          if (early && isComplete && acknowledged.includes(unit)) tracker.acknowledge(units[unit] as AckUnit);
        }
        const seen = new Map<string, number>();
        for (const unit of acknowledged) {
          tracker.acknowledge(units[unit] as AckUnit);
          for (const [partition, position] of tracker.positions) {
            expect(Number(position)).toBeGreaterThanOrEqual(seen.get(partition) ?? -1);
            seen.set(partition, Number(position));
          }
        }
        for (const partition of ['a', 'b', 'c']) {
          const own = [...read.entries()].filter(([, record]) => record.partition === partition);
          const gap = own.findIndex(([, { unit, skip }]) => !skip && !acknowledged.includes(unit));
          const last = own[(gap === -1 ? own.length : gap) - 1];
          expect(tracker.positions.get(partition)).toBe(last === undefined ? undefined : String(last[0]));
        }
      }),
    );
  });
});
