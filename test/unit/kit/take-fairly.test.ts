import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { type Taker, takeFairly } from '../../../src/kit/index.ts';

/** Hands out records of these sizes, by the rules of PartitionReader. */
class Sizes implements Taker {
  readonly name: string;
  readonly left: number[];

  constructor(name: string, sizes: readonly number[]) {
    this.name = name;
    this.left = [...sizes];
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    let bytes = 0;
    for (let count = 0; count < maxRecords; count += 1) {
      const [size] = this.left;
      if (size === undefined || (bytes + size > maxBytes && into.length > 0)) break;
      this.left.shift();
      bytes += size;
      into.push({ partition: this.name, value: Buffer.alloc(size) } as unknown as SourceRecord);
    }
    return bytes;
  }
}

const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 }), { minLength: 1, maxLength: 6 });
const limits = fc.record({ maxRecords: fc.integer({ min: 1, max: 60 }), maxBytes: fc.integer({ min: 0, max: 500 }) });
const bytesOf = (records: readonly SourceRecord[]) => records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

describe('takeFairly', () => {
  it('keeps the limit, which only a first record may pass', () => {
    fc.assert(
      fc.property(sizes, limits, fc.nat(9), (all, limit, first) => {
        const takers = all.map((own, index) => new Sizes(`${index}`, own));
        const records = takeFairly(takers, limit, first);
        expect(records.length).toBeLessThanOrEqual(limit.maxRecords);
        expect(records.length === 1 || bytesOf(records) <= limit.maxBytes).toBe(true);
      }),
    );
  });

  it('stops only where nothing is left that fits', () => {
    fc.assert(
      fc.property(sizes, limits, fc.nat(9), (all, limit, first) => {
        const takers = all.map((own, index) => new Sizes(`${index}`, own));
        const records = takeFairly(takers, limit, first);
        if (records.length === limit.maxRecords) return;
        const room = limit.maxBytes - bytesOf(records);
        expect(takers.filter(({ left }) => left[0] !== undefined && (left[0] <= room || records.length === 0))).toEqual([]);
      }),
    );
  });

  it('gives equal shares while all have enough', () => {
    const takers = ['a', 'b', 'c'].map((name) => new Sizes(name, Array(100).fill(1)));
    const byName = Object.groupBy(takeFairly(takers, { maxRecords: 30, maxBytes: 1e6 }, 1), ({ partition }) => partition);
    expect(Object.values(byName).map((records) => records?.length)).toEqual([10, 10, 10]);
  });
});
