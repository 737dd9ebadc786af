import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysOf, epochOf, timeFromText, timeText } from '../../../src/connectors/mysql/values/temporal.ts';

describe('times', () => {
  it('are written as they are read', () => {
    const micros = fc.integer({ min: -3_020_399_000_000, max: 3_020_399_000_000 }).map((value) => value || 0);
    fc.assert(fc.property(micros, (value) => expect(timeFromText(timeText(value, 6))).toBe(value)));
  });

  it('since 1970 are what Node says, also before it and with microseconds beyond what its numbers keep', () => {
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (at) => {
        const text = at.toISOString().slice(0, 23).replace('T', ' ');
        expect(epochOf(text, 3)).toBe(String(at.getTime()));
        expect(epochOf(`${text}007`, 6)).toBe(String(BigInt(at.getTime()) * 1000n + 7n));
        expect(daysOf(text.slice(0, 10))).toBe(Math.floor(at.getTime() / 86_400_000));
      }),
    );
  });

  it.each(['0000-00-00', '2024-00-10', '2024-05-00', '2023-02-29', '2024-04-31'])('are none of any calendar: %s', (date) => {
    expect([daysOf(date), epochOf(`${date} 00:00:00`, 0)]).toEqual([undefined, undefined]);
  });
});
