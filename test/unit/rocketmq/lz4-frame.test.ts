import { describe, expect, it } from '@jest/globals';
import { compressionsAlgorithms } from '@platformatic/kafka';
import fc from 'fast-check';
import { lz4Decompress } from '../../../src/rocketmq/lz4-frame.ts';

/** The library fails over empty input once its memory has grown. */
const compress = (data: Buffer): Buffer => Buffer.from(compressionsAlgorithms.lz4.compressSync(data) as Buffer);
const MOST = 64 * 1024 * 1024;

/** Bytes that repeat themselves in short and long rows, near and far. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3_000 })), { minLength: 1, maxLength: 12 })
  .map((rows) => Buffer.concat(rows.flatMap(([row, count]) => Array.from({ length: count }, () => Buffer.from(row)))));

describe('an LZ4 frame', () => {
  it('has all of its bytes back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          repetitive,
          fc.uint8Array({ minLength: 1, maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
        ),
        (data) => {
          expect(lz4Decompress(compress(data), MOST).equals(data)).toBe(true);
        },
      ),
    );
  });

  it('is refused where it is cut: no part of it is given', () => {
    const frame = compress(Buffer.from('that repeats, that repeats, that repeats'.repeat(50)));
    for (let length = 0; length < frame.length; length += 1)
      expect(() => lz4Decompress(frame.subarray(0, length), MOST)).toThrow(expect.objectContaining({ name: 'RangeError' }));
  });

  it('ends with an error or with bytes where it is damaged', () => {
    const frame = compress(Buffer.from('that repeats, that repeats, that repeats'.repeat(50)));
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(frame);
        damaged[at] = (damaged[at] as number) ^ flip;
        try {
          expect(lz4Decompress(damaged, 100_000).length).toBeLessThanOrEqual(100_000);
        } catch (error) {
          expect((error as Error).name).toBe('RangeError');
        }
      }),
    );
  });

  it('is refused where it becomes larger than a task can hold', () => {
    expect(() => lz4Decompress(compress(Buffer.alloc(200_000)), 199_999)).toThrow('it becomes larger than 199999 bytes');
    expect(lz4Decompress(compress(Buffer.alloc(200_000)), 200_000)).toHaveLength(200_000);
  });
});
