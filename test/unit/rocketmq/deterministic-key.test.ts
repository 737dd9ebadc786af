import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deterministicKey } from '../../../src/rocketmq/deterministic-key.ts';

describe('the deterministic key', () => {
  it('reads connector/partition/id', () => {
    expect(deterministicKey('shop', 'orders/3', '4711')).toBe('shop/orders/3/4711');
  });

  it('encodes what would end a key or make two places one', () => {
    expect(deterministicKey('shop', 'my table\u0001ü%', 'a/b c')).toBe('shop/my%20table%01ü%25/a%2Fb%20c');
    expect(deterministicKey('shop', 'a\u3000b', '1')).toBe('shop/a%E3%80%80b/1');
  });

  it('differs between places, and never holds a space or control character', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '/', ' ', '%', '2', 'F', '0', '\u0002'), minLength: 1 });
    fc.assert(
      fc.property(part, part, part, part, (partition, id, otherPartition, otherId) => {
        const key = deterministicKey('c', partition, id);
        expect(key).toMatch(/^[!-~]+$/);
        const same = partition === otherPartition && id === otherId;
        expect(key === deterministicKey('c', otherPartition, otherId)).toBe(same);
      }),
    );
  });
});
