import fc from 'fast-check';
import type { TestBatch, TestRecord } from './encode-batch.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const maybeBytes = fc.option(bytes(200), { freq: 5 });

const headerName = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('header-types', 'rabbitmq-exchange', 'user:color') },
);

const content = fc.record({
  key: maybeBytes,
  value: maybeBytes,
  headers: fc.array(fc.tuple(headerName, maybeBytes), { maxLength: 4 }),
  timestamp: fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 }), { nil: undefined }),
  /** Offsets that compaction emptied before this record. */
  gap: fc.integer({ min: 0, max: 3 }),
});

/** A log from some offset on: batches with gaps, as compaction leaves them, some of them empty. */
export const logs: fc.Arbitrary<TestBatch[]> = fc
  .tuple(
    fc.integer({ min: 0, max: 1e12 }),
    fc.array(
      fc.record({
        contents: fc.array(content, { maxLength: 20 }),
        trailingGap: fc.integer({ min: 0, max: 3 }),
        compression: fc.constantFrom(undefined, 'gzip', 'snappy', 'lz4', 'zstd'),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([start, batches]) => {
    let next = start;
    return batches.map(({ contents, trailingGap, compression }) => {
      const firstOffset = next;
      const records = contents.map(({ gap, timestamp, ...rest }): TestRecord => {
        const offset = next + gap;
        next = offset + 1;
        return { ...rest, offset, ...(timestamp !== undefined && { timestamp }) };
      });
      next = Math.max(next + trailingGap, firstOffset + 1);
      return { firstOffset, lastOffset: next - 1, records, ...(compression && { compression }) };
    });
  });
