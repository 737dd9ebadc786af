import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { hashText, userHeaderName } from '../../../src/kit/index.ts';
import { logs } from './arbitraries.ts';
import { encodeBatch, type TestBatch, type TestRecord } from './encode-batch.ts';

const ALL = Number.MAX_SAFE_INTEGER;
const partition = { topic: 'orders', partition: 3 };

const record = (offset: number, rest: Omit<TestRecord, 'offset'> = {}): TestRecord => ({
  offset,
  key: null,
  value: null,
  headers: [],
  ...rest,
});
const batch = (records: readonly TestRecord[], rest: Partial<TestBatch> = {}): Buffer => {
  const firstOffset = records[0]?.offset ?? 0;
  return encodeBatch({ firstOffset, lastOffset: records.at(-1)?.offset ?? 0, records, ...rest });
};

function reader(position: number, end: number, ...fetched: Buffer[]): PartitionReader {
  const opened = new PartitionReader(partition, position, true);
  opened.knowEnd(end);
  for (const buffer of fetched) opened.add(buffer, []);
  return opened;
}

function takeAll(from: PartitionReader): SourceRecord[] {
  const into: SourceRecord[] = [];
  from.take(into, ALL, ALL);
  return into;
}

const expected = ({ offset, key, value, headers, timestamp }: TestRecord): SourceRecord => ({
  partition: 'orders-3',
  id: String(offset),
  position: String(offset + 1),
  key: key ?? null,
  value: value ?? null,
  headers: (headers ?? []).map(([name, content]) => ({ name: userHeaderName(name), value: content })),
  orderingKey: hashText('orders') + 3,
  ...(timestamp !== undefined && { timestamp }),
});

describe('PartitionReader', () => {
  it('hands out every record as it was written: bytes, nulls, repeated headers, timestamps', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const from = log[0]?.firstOffset ?? 0;
        const end = (log.at(-1)?.lastOffset ?? -1) + 1;
        const read = takeAll(reader(from, end, Buffer.concat(log.map(encodeBatch))));
        expect(read).toEqual(log.flatMap(({ records }) => records).map(expected));
      }),
    );
  });

  it('hands out the same records in the same order, however they are fetched and however little is asked for at a time', () => {
    const asked = fc.infiniteStream(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 300 })));
    fc.assert(
      fc.property(logs, asked, (log, limits) => {
        const from = log[0]?.firstOffset ?? 0;
        const end = (log.at(-1)?.lastOffset ?? -1) + 1;
        const slow = reader(from, end, ...log.map(encodeBatch));
        const read: SourceRecord[] = [];
        while (!slow.finished) {
          const [maxRecords, maxBytes] = limits.next().value;
          const poll: SourceRecord[] = [];
          const bytes = slow.take(poll, maxRecords, maxBytes);
          expect(poll.length).toBeLessThanOrEqual(maxRecords);
          expect(bytes <= maxBytes || poll.length === 1).toBe(true);
          expect(slow.position).toBeGreaterThanOrEqual(Number(poll.at(-1)?.position ?? from));
          read.push(...poll);
        }
        expect(read).toEqual(log.flatMap(({ records }) => records).map(expected));
        expect(slow.bufferedBytes).toBe(0);
        if (log.length > 0) expect(slow.position).toBe(end);
      }),
    );
  });

  it('begins at its position where a batch begins before it', () => {
    const read = takeAll(reader(12, 13, batch([record(10), record(11), record(12)])));
    expect(read.map(({ id }) => id)).toEqual(['12']);
  });

  it('leaves out a batch that the broker cut, and asks for it again', () => {
    const cut = reader(0, 3, Buffer.concat([batch([record(0)]), batch([record(1), record(2)]).subarray(0, 50)]));
    expect(takeAll(cut).map(({ id }) => id)).toEqual(['0']);
    expect([cut.fetchOffset, cut.fetched]).toEqual([1, false]);
  });

  it('reaches the end over offsets that compaction emptied', () => {
    const compacted = reader(0, 10, encodeBatch({ firstOffset: 0, lastOffset: 9, records: [record(2)] }));
    expect(takeAll(compacted).map(({ id }) => id)).toEqual(['2']);
    expect([compacted.finished, compacted.untoldPosition(), compacted.untoldPosition()]).toEqual([true, '10', undefined]);
  });

  it("takes the broker's time where it stands for the records' own", () => {
    expect(takeAll(reader(0, 1, batch([record(0, { timestamp: 5 })], { appendTime: 77 }))).map(({ timestamp }) => timestamp)).toEqual([77]);
  });

  it('tells a start that was found out, and no position that a record tells', () => {
    const unread = new PartitionReader(partition, 7, false);
    unread.knowEnd(8);
    expect(unread.untoldPosition()).toBe('7');
    unread.add(batch([record(7)]), []);
    takeAll(unread);
    expect(unread.untoldPosition()).toBeUndefined();
  });

  it('hands out one record however large, but no second one past the limit', () => {
    const large = reader(0, 2, batch([record(0, { value: Buffer.alloc(500) }), record(1, { value: Buffer.alloc(500) })]));
    const into: SourceRecord[] = [];
    expect(large.take(into, ALL, 10)).toBe(500);
    expect(large.take(into, ALL, 10)).toBe(0);
    expect(into.map(({ id }) => id)).toEqual(['0']);
  });
});
