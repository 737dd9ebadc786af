import { describe, expect, it } from '@jest/globals';
import { jsCRC32C } from '@platformatic/kafka';
import fc from 'fast-check';
import { crc32c } from '../../../src/connectors/kafka/protocol/records/scan-batches.ts';

describe('the checksum of a batch', () => {
  it.each([
    ['the usual check value', Buffer.from('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720)', Buffer.alloc(32), 0x8a9136aa],
    ['32 times 255 (RFC 3720)', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['nothing', Buffer.alloc(0), 0],
  ])('is that of CRC-32C: %s', (_what, bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  it('is the same wherever in a buffer the bytes are', () => {
    const anywhere = fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.nat(9), (bytes, before) => {
      const moved = Buffer.concat([Buffer.alloc(before, 7), bytes]).subarray(before);
      expect(crc32c(moved)).toBe(jsCRC32C(bytes));
    });
    fc.assert(anywhere);
  });
});
