import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Credit } from '../../../src/connectors/activemq/read/credit.ts';

const MIB = 1024 * 1024;

describe('credit', () => {
  it('never asks for more than fits, by the sizes seen, except for one message where nothing waits', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 * MIB), { minLength: 1, maxLength: 200 }), fc.nat(20 * MIB), (sizes, waiting) => {
        const credit = new Credit(16 * MIB);
        for (const size of sizes) credit.saw(size);
        const more = credit.more(0, waiting);
        const last = sizes.at(-1) as number;
        expect(more <= 1 || more * last + waiting <= 16 * MIB).toBe(true);
        expect(more).toBeGreaterThanOrEqual(waiting === 0 ? 1 : 0);
      }),
    );
  });

  it('grows when messages turn out small', () => {
    const credit = new Credit(16 * MIB);
    const first = credit.more(0, 0);
    for (let message = 0; message < 1_000; message += 1) credit.saw(1_024);
    expect([first, credit.more(0, 0)]).toEqual([32, 2_000]);
  });

  it('is not asked for in crumbs', () => {
    const credit = new Credit(16 * MIB);
    expect([credit.more(17, 0), credit.more(16, 0)]).toEqual([0, 16]);
  });
});
