import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AckTracker, type Lot } from '../../../src/runtime/run/ack-tracker.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';

const places = (...positions: string[]) => positions.map((position) => ({ partition: 'p', position }));

describe('the acknowledged prefix', () => {
  it('tells each place as soon as everything before it is acknowledged, once', () => {
    const told: string[] = [];
    const tracker = new AckTracker((partition, position) => told.push(`${partition}=${position}`));
    const [first, second] = [tracker.lot(), tracker.lot()];
    tracker.add({ partition: 'p', position: '1' }, first);
    tracker.add({ partition: 'p', position: '2' }, second);
    tracker.add({ partition: 'q', position: '7' }, second);
    tracker.acknowledge(second);
    expect(told).toEqual(['q=7']);
    tracker.acknowledge(first);
    expect(told).toEqual(['q=7', 'p=2']);
  });

  it('goes up to the record at which a partition is blocked, and not past a gap before it', () => {
    const tracker = new AckTracker();
    const [first, second] = [tracker.lot(), tracker.lot()];
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

  it('finds the record in a lot with records of another between its own', () => {
    const tracker = new AckTracker();
    const [first, second] = [tracker.lot(), tracker.lot()];
    for (const [position, lot] of [
      ['1', first],
      ['2', second],
      ['3', first],
      ['4', first],
    ] as const)
      tracker.add({ partition: 'p', position }, lot);
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
      const lots = [tracker.lot(), tracker.lot()] as const;
      tracker.add({ partition: 'p', position: '1' }, lots[0]);
      tracker.add({ partition: 'p', position: '2' }, lots[1]);
      const blocked = order.map((index) => tracker.blockWithin('p', lots[index as 0 | 1], []));
      expect(blocked).toEqual(order[0] === 0 ? [true, false] : [true, true]);
      for (const lot of lots) tracker.acknowledge(lot);
      expect(tracker.positions.size).toBe(0);
    }
  });

  it('takes what was read of a partition before it was blocked at its end', () => {
    const tracker = new AckTracker();
    const lot = tracker.lot();
    tracker.add({ partition: 'p', position: '1' }, lot);
    tracker.block('p');
    tracker.acknowledge(lot);
    expect(tracker.positions.get('p')).toBe('1');
  });

  it('is held back by a gap and moves past it when it is filled', () => {
    const tracker = new AckTracker();
    const [first, second] = [tracker.lot(), tracker.lot()];
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
    const lot = tracker.lot();
    tracker.add({ partition: 'p', position: '6' }, lot);
    tracker.skipTo('p', '9');
    expect(tracker.positions.get('p')).toBe('5');
    tracker.acknowledge(lot);
    expect(tracker.positions.get('p')).toBe('9');
  });

  it('keeps no record that is acknowledged, however long a gap before it stays', () => {
    const tracker = new AckTracker();
    const stuck = tracker.lot();
    const before = liveBufferBytes();
    for (let batch = 0; batch < 50; batch += 1) {
      const lot = tracker.lot();
      for (let index = 0; index < 100; index += 1) {
        const position = String(batch * 100 + index);
        const mine = index % 2 === 1;
        const record = { partition: 'p', position, value: Buffer.alloc(mine ? 10_000 : 1) };
        tracker.add(record, mine ? lot : stuck);
      }
      tracker.acknowledge(lot);
    }
    expect(liveBufferBytes() - before).toBeLessThan(2_000_000);
    expect(tracker.positions.size).toBe(0);
    tracker.acknowledge(stuck);
    expect(tracker.positions.get('p')).toBe('4999');
  });

  it('says once that it moved', () => {
    const tracker = new AckTracker();
    const lot = tracker.lot();
    tracker.add({ partition: 'p', position: '1' }, lot);
    expect(tracker.takeChanged()).toBe(false);
    tracker.acknowledge(lot);
    expect(tracker.takeChanged()).toBe(true);
    expect(tracker.takeChanged()).toBe(false);
  });

  it('is exactly the longest prefix without a gap, for any spread over lots and any order of acknowledgements', () => {
    const records = fc.array(fc.record({ partition: fc.constantFrom('a', 'b', 'c'), lot: fc.nat(6), skip: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(records, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6]), fc.boolean(), (read, acknowledged, early) => {
        const tracker = new AckTracker();
        const lots: Lot[] = Array.from({ length: 7 }, () => tracker.lot());
        for (const [index, { partition, lot, skip }] of read.entries()) {
          if (skip) tracker.skipTo(partition, String(index));
          else tracker.add({ partition, position: String(index) }, lots[lot] as Lot);
          const isComplete = !read.slice(index + 1).some((later) => later.lot === lot && !later.skip);
          if (early && isComplete && acknowledged.includes(lot)) tracker.acknowledge(lots[lot] as Lot);
        }
        const seen = new Map<string, number>();
        for (const lot of acknowledged) {
          tracker.acknowledge(lots[lot] as Lot);
          for (const [partition, position] of tracker.positions) {
            expect(Number(position)).toBeGreaterThanOrEqual(seen.get(partition) ?? -1);
            seen.set(partition, Number(position));
          }
        }
        for (const partition of ['a', 'b', 'c']) {
          const own = [...read.entries()].filter(([, record]) => record.partition === partition);
          const gap = own.findIndex(([, { lot, skip }]) => !skip && !acknowledged.includes(lot));
          const last = own[(gap === -1 ? own.length : gap) - 1];
          expect(tracker.positions.get(partition)).toBe(last === undefined ? undefined : String(last[0]));
        }
      }),
    );
  });
});
