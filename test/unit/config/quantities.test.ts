import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytes, milliseconds } from '../../../src/config/options.ts';
import { duration, size } from '../../../src/config/quantities.ts';

const MIB = 1024 * 1024;

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['10m', 600_000],
    ['10 min', 600_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['5 minutes', 300_000],
    ['1 hour', 3_600_000],
    ['1 minute', 60_000],
    ['30 seconds', 30_000],
    ['2 days', 172_800_000],
  ])('%s is %d ms', (text, ms) => expect(duration.parse(text)).toBe(ms));

  it.each(['10', '10M', '10 fortnights', 'minutes', 'm', '-1s', '1e3s', '1,5h', ' 1s', '1s ', '1  s', '', '1h30m', '10MiB'])(
    '%j is none',
    (text) => expect(duration.parse(text)).toBeUndefined(),
  );
});

describe('a size', () => {
  it.each([
    ['7B', 7],
    ['64KiB', 65_536],
    ['16MiB', 16 * MIB],
    ['1.5 GiB', 1_536 * MIB],
    ['1TiB', 2 ** 40],
    ['10kB', 10_000],
    ['10KB', 10_000],
    ['16MB', 16_000_000],
    ['2GB', 2e9],
    ['1TB', 1e12],
  ])('%s is %d bytes', (text, count) => expect(size.parse(text)).toBe(count));

  it.each(['16', '16M', '16mib', '16Mb', '16Kib', 'MiB', '-1MiB', '10s', '1_000B'])('%j is none', (text) =>
    expect(size.parse(text)).toBeUndefined(),
  );
});

describe.each([
  ['a duration', duration],
  ['a size', size],
])('%s', (_, quantity) => {
  it('is taken as it is shown', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(1, 1_000, 1_024, 60_000, MIB), (count, factor) => {
        const value = (count % 1_000_000) * factor;
        expect(quantity.parse(quantity.show(value))).toBe(value);
      }),
    );
  });

  it('of any text is a number that is not negative, or none', () => {
    fc.assert(fc.property(fc.string(), (text) => (quantity.parse(text) ?? 0) >= 0));
  });
});

describe('an option that takes one', () => {
  const wait = milliseconds({ description: 'Wait.', min: 100, max: 60_000 }).prefault(3_000);
  const room = bytes({ description: 'Room.', min: 1, max: MIB });

  it.each([
    [100, 100],
    ['1 min', 60_000],
    ['0.5s', 500],
    [undefined, 3_000],
  ])('%j is %d from then on', (given, ms) => expect(wait.parse(given)).toBe(ms));

  it.each([99, 60_001, 150.5, '99ms', '2m', '100.5ms', '500', '10 parsecs', '', null, true, ['10s'], Number.NaN, '${env:WAIT}'])(
    '%j is refused',
    (given) => expect(wait.safeParse(given).success).toBe(false),
  );

  it('takes the same value as a number and with any unit', () => {
    const units = [1, 1_024, MIB].map((factor, index) => [factor, ['B', 'KiB', 'MiB'][index]] as const);
    fc.assert(
      fc.property(fc.nat({ max: 2_000 }), fc.constantFrom(...units), (count, [factor, unit]) => {
        const [plain, worded] = [room.safeParse(count * factor), room.safeParse(`${count}${unit}`)];
        expect(worded.success).toBe(plain.success);
        expect(worded.data).toBe(plain.data);
      }),
    );
  });
});
