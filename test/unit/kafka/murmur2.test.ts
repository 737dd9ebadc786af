import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOfKey } from '../../../src/connectors/kafka/protocol/produce/murmur2.ts';

describe("the hash of Kafka's Java client", () => {
  // From UtilsTest of Kafka.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('picks a partition that is there, also of an empty key', () => {
    expect(partitionOfKey(Buffer.from('21'), 8)).toBe((-973932308 & 0x7fffffff) % 8);
    expect(partitionOfKey(Buffer.alloc(0), 3)).toBeGreaterThanOrEqual(0);
  });
});
