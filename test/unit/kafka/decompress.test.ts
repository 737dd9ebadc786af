import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compressionsAlgorithms } from '@platformatic/kafka';
import fc from 'fast-check';
import { decompress } from '../../../src/connectors/kafka/protocol/records/decompress.ts';

const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4];

const snappy = (data: Buffer) => Buffer.from(compressionsAlgorithms.snappy.compressSync(data));
const STREAM = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
const xerial = (...blocks: Buffer[]) =>
  Buffer.concat([STREAM, ...blocks.flatMap((block) => [Buffer.from(block.length.toString(16).padStart(8, '0'), 'hex'), block])]);

/** Each puts one or several pieces into one compressed text, as producers do. */
const METHODS: ReadonlyArray<readonly [string, number, (parts: readonly Buffer[]) => Buffer]> = [
  ['gzip, a member for each', GZIP, (parts) => Buffer.concat(parts.map((part) => gzipSync(part)))],
  ['zstd, a frame for each', ZSTD, (parts) => Buffer.concat(parts.map((part) => zstdCompressSync(part)))],
  ['lz4, a frame for each', LZ4, (parts) => Buffer.concat(parts.map((part) => Buffer.from(compressionsAlgorithms.lz4.compressSync(part))))],
  ['snappy, one block', SNAPPY, (parts) => snappy(Buffer.concat(parts))],
  ['snappy, a block of one stream for each', SNAPPY, (parts) => xerial(...parts.map(snappy))],
  ['snappy, a stream for each', SNAPPY, (parts) => Buffer.concat(parts.map((part) => xerial(snappy(part))))],
];

const part = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => Buffer.from(text.repeat(40))),
  )
  .map((bytes) => Buffer.from(bytes));
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

describe('compressed records', () => {
  it.each(METHODS)('come out as they went in: %s', (_name, method, compress) => {
    fc.assert(fc.property(parts, (list) => expect(decompress(method, compress(list))).toEqual(Buffer.concat(list))));
  });

  it.each(METHODS)('that are cut are refused, or whole: %s', (_name, method, compress) => {
    const cut = fc.property(parts, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (list, share) => {
      const whole = compress(list);
      const given = whole.subarray(0, Math.floor(share * whole.length));
      // Several frames may be cut between two: what is there is exact then, and the count of records tells that more is missing.
      const prefixes = list.map((_, index) => Buffer.concat(list.slice(0, index + 1)));
      let read: Buffer | undefined;
      try {
        read = decompress(method, given);
      } catch {
        return;
      }
      expect(prefixes).toContainEqual(read);
    });
    fc.assert(cut, { numRuns: 300 });
  });

  it.each(METHODS)('with something behind them are refused: %s', (_name, method, compress) => {
    const list = [Buffer.from('some records '.repeat(20))];
    for (const rest of [Buffer.from('xyz'), Buffer.alloc(1), Buffer.alloc(8), Buffer.from('more than a few bytes of something else')]) {
      expect(() => decompress(method, Buffer.concat([compress(list), rest]))).toThrow();
    }
  });

  it('are refused where there is nothing, or a method that nobody knows', () => {
    for (const method of [GZIP, SNAPPY, LZ4, ZSTD, 0, 5, 6, 7]) expect(() => decompress(method as number, Buffer.alloc(0))).toThrow();
    expect(() => decompress(5, Buffer.alloc(9))).toThrow('unknown method, number 5');
  });

  it('may hold frames that readers pass over', () => {
    const skipped = Buffer.concat([Buffer.from('502a4d1803000000', 'hex'), Buffer.from('abc')]);
    const text = Buffer.from('text'.repeat(30));
    const lz4 = Buffer.from(compressionsAlgorithms.lz4.compressSync(text));
    expect(decompress(LZ4 as number, Buffer.concat([skipped, lz4, skipped]))).toEqual(text);
    expect(decompress(ZSTD as number, Buffer.concat([skipped, zstdCompressSync(text), skipped]))).toEqual(text);
  });

  it('that would fill the memory are refused', () => {
    const bomb = zstdCompressSync(Buffer.alloc(257 * 1024 * 1024));
    expect(() => decompress(ZSTD as number, bomb)).toThrow();
  });
});
