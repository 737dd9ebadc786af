import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { scanBatches } from '../../../src/connectors/kafka/protocol/records/scan-batches.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { logs } from './arbitraries.ts';
import { encodeBatch } from './encode-batch.ts';

const ALL = Number.MAX_SAFE_INTEGER;
const batch = (firstOffset: number): Buffer =>
  encodeBatch({
    firstOffset,
    lastOffset: firstOffset + 9,
    records: Array.from({ length: 10 }, (_, index) => ({ offset: firstOffset + index })),
  });
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
};
const leaping = (bytes: Buffer, to: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeBigInt64BE(BigInt(to), 0);
  return changed;
};

/** Reads answers, each with the end that is told with it. */
function read(position: number, ...answers: ReadonlyArray<readonly [end: number, ...log: Buffer[]]>) {
  const reader = new PartitionReader({ topic: 'orders', partition: 3 }, position, true);
  const into: SourceRecord[] = [];
  for (const [end, ...log] of answers) {
    reader.knowEnd(end);
    reader.add(Buffer.concat(log), []);
    reader.take(into, ALL, ALL);
  }
  const refused = into.filter((record) => record.refused !== undefined).map(({ id, refused: error }) => [id, error?.code]);
  const good = into.filter((record) => record.refused === undefined).map(({ id }) => Number(id));
  return { good, refused, failure: reader.failure, fetchOffset: reader.fetchOffset };
}

describe('an answer that holds more than the end that is told with it, as brokers look up the end before they read', () => {
  it.each([10, 13, 19])('is read as it is where nothing is missing before it: end %s', (end) => {
    expect(read(0, [end, batch(0), batch(10)])).toEqual({ good: numbers(0, 20), refused: [], failure: undefined, fetchOffset: 20 });
    expect(read(10, [end, batch(10), batch(20)])).toMatchObject({ good: numbers(10, 30), refused: [], failure: undefined });
    expect(read(14, [end, batch(10), batch(20)])).toMatchObject({ good: numbers(14, 30), refused: [], failure: undefined });
  });

  it('shows that what it holds waits for no transaction any more', () => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
    reader.knowEnd(10, 15);
    reader.add(Buffer.concat([batch(0), batch(10)]), []);
    expect([reader.currentEnd, reader.heldBack, reader.end]).toEqual([20, 5, 10]);
    const first = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
    first.add(batch(0), []);
    expect([first.endKnownAt, first.end]).toEqual([0, undefined]);
  });

  it('is read up to a gap, and on from there with a newer end', () => {
    for (const end of [10, 21, 25]) {
      const first = [end, batch(0), batch(20)] as const;
      expect(read(0, first)).toEqual({ good: numbers(0, 10), refused: [], failure: undefined, fetchOffset: 10 });
      const all = { good: [...numbers(0, 10), ...numbers(20, 30)], refused: [], failure: undefined };
      expect(read(0, first, [30, batch(20)])).toMatchObject(all);
      expect(read(0, first, [30, batch(20), batch(30)])).toMatchObject({ ...all, good: [...all.good, ...numbers(30, 40)] });
    }
  });

  it.each([
    ['that is damaged', flipped(batch(10), 80), [['10', 'RECORD_REFUSED']]],
    ['whose first offset is wrong', leaping(batch(10), 64), [['10', 'RECORD_REFUSED']]],
  ])('tells of a batch %s once its end is newer, and no other reason than then', (_what, bad, refused) => {
    for (const end of [10, 15]) {
      expect(read(0, [end, batch(0), bad, batch(20)])).toMatchObject({ good: numbers(0, 10), refused: [], failure: undefined });
      const both = read(0, [end, batch(0), bad, batch(20)], [30, bad, batch(20)], [30, batch(20)]);
      expect(both).toMatchObject({ good: [...numbers(0, 10), ...numbers(20, 30)], refused, failure: undefined });
    }
  });

  it('does not hide that the last batch is damaged, whatever the end is the next time', () => {
    const bad = flipped(batch(10), 80);
    expect(read(0, [15, batch(0), bad], [20, bad])).toMatchObject({ good: numbers(0, 10), refused: [['10', 'RECORD_REFUSED']] });
    expect(read(0, [15, batch(0), bad], [15, bad])).toMatchObject({ good: numbers(0, 10), refused: [['10', 'WRONG_KIND']] });
    const far = leaping(batch(10), 64);
    expect(read(0, [20, batch(0), far], [20, far])).toMatchObject({ good: numbers(0, 10), refused: [['10', 'WRONG_KIND']] });
  });

  it('says nothing of damage, wherever it is cut and whatever end is told, from whatever place on', () => {
    const any = fc.property(logs, fc.nat(), fc.nat(), fc.nat(), fc.array(fc.nat(40), { maxLength: 6 }), (log, from, cut, end, holes) => {
      const kept = log.filter((_, index) => !holes.includes(index));
      const start = log[0]?.firstOffset ?? 0;
      const length = (log.at(-1)?.lastOffset ?? start) + 1 - start;
      const position = start + (length > 0 ? from % length : 0);
      const bytes = Buffer.concat(kept.filter(({ lastOffset }) => lastOffset >= position).map(encodeBatch));
      const answer = bytes.subarray(0, cut % (bytes.length + 1));
      expect(scanBatches(answer, position, start + (end % (length + 1))).damage).toBeUndefined();
    });
    fc.assert(any, { numRuns: 500 });
  });

  it('loses and repeats nothing of a partition that grows while it is read', () => {
    const lateness = fc.infiniteStream(fc.tuple(fc.nat(12), fc.nat(3)));
    const all = fc.property(logs, fc.array(fc.nat(5), { maxLength: 2 }), lateness, (log, holes, late) => {
      const kept = log.filter((_, index) => !holes.includes(index));
      const position = log[0]?.firstOffset ?? 0;
      const logEnd = (kept.at(-1)?.lastOffset ?? position - 1) + 1;
      const reader = new PartitionReader({ topic: 'orders', partition: 3 }, position, true);
      const into: SourceRecord[] = [];
      let seen = position;
      for (const [behind, more] of late) {
        if (reader.fetchOffset >= logEnd) break;
        const rest = kept.filter(({ lastOffset }) => lastOffset >= reader.fetchOffset);
        // What an answer held was there before the next one's end is looked up.
        const answer = rest.slice(0, 1 + more);
        const reach = (answer.at(-1)?.lastOffset ?? logEnd) + 1;
        reader.knowEnd(Math.max(seen, reach - behind));
        seen = Math.max(seen, reach);
        reader.add(Buffer.concat(answer.map(encodeBatch)), []);
        reader.take(into, ALL, ALL);
        expect(reader.failure).toBeUndefined();
      }
      expect(into.filter(({ refused }) => refused !== undefined)).toEqual([]);
      expect(into.map(({ id }) => Number(id))).toEqual(kept.flatMap(({ records }) => records.map(({ offset }) => offset)));
    });
    fc.assert(all, { numRuns: 500 });
  });
});
