import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import type { AbortedTransaction } from '../../../src/connectors/kafka/protocol/records/record-batch.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { encodeBatch, encodeMarker } from './encode-batch.ts';

type Step = { readonly producer: number; readonly does: 'write' | 'commit' | 'abort' | 'plain' };

/** What some producers do in turn: one batch or one marker each. */
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ producer: fc.integer({ min: 1, max: 3 }), does: fc.constantFrom('write', 'write', 'commit', 'abort', 'plain') }),
  { maxLength: 40, size: 'max' },
);

interface Log {
  readonly batches: ReadonlyArray<{ readonly offset: number; readonly bytes: Buffer }>;
  readonly aborted: ReadonlyArray<AbortedTransaction & { readonly lastOffset: number }>;
  /** Offsets that a reader of committed records sees. */
  readonly visible: readonly number[];
}

/** The log as a broker would have it, once every transaction that is left open is aborted. */
function logOf(done: readonly Step[]): Log {
  const batches: Array<{ offset: number; bytes: Buffer }> = [];
  const aborted: Array<AbortedTransaction & { lastOffset: number }> = [];
  const visible: number[] = [];
  const open = new Map<number, number[]>();
  for (const { producer, does } of [...done, ...[1, 2, 3].map((producer): Step => ({ producer, does: 'abort' }))]) {
    const offset = batches.length;
    const written = open.get(producer);
    if (does === 'plain' || does === 'write') {
      const transactional = does === 'write';
      const records = [{ offset, value: Buffer.from(`${offset}`) }];
      batches.push({
        offset,
        bytes: encodeBatch({ firstOffset: offset, lastOffset: offset, producerId: producer, transactional, records }),
      });
      if (transactional) open.set(producer, [...(written ?? []), offset]);
      else visible.push(offset);
    } else if (written !== undefined) {
      batches.push({ offset, bytes: encodeMarker(offset, producer, does) });
      if (does === 'commit') visible.push(...written);
      else aborted.push({ producerId: producer, firstOffset: written[0] as number, lastOffset: offset });
      open.delete(producer);
    }
  }
  return { batches, aborted, visible: visible.sort((a, b) => a - b) };
}

describe('aborted transactions', () => {
  it('are left out, and only they, wherever answers begin and end', () => {
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.integer({ min: 1, max: 8 })), fc.nat(40), (done, sizes, start) => {
        const { batches, aborted, visible } = logOf(done);
        const position = Math.min(start, batches.length);
        const reader = new PartitionReader({ topic: 'orders', partition: 0 }, position, true);
        reader.knowEnd(batches.length);
        while (!reader.fetched) {
          const fetched = batches.slice(reader.fetchOffset, reader.fetchOffset + (sizes.next().value as number));
          const [first, last] = [fetched[0]?.offset ?? 0, fetched.at(-1)?.offset ?? 0];
          // As a broker answers: every aborted transaction that overlaps, wherever its marker is.
          const overlapping = aborted.filter(({ firstOffset, lastOffset }) => firstOffset <= last && lastOffset >= first);
          reader.add(Buffer.concat(fetched.map(({ bytes }) => bytes)), overlapping);
        }
        const read: SourceRecord[] = [];
        reader.take(read, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
        expect(read.map(({ id }) => Number(id))).toEqual(visible.filter((offset) => offset >= position));
        expect([reader.position, reader.finished]).toEqual([batches.length, true]);
      }),
    );
  });
});
