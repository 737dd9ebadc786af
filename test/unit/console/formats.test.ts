import { describe, expect, it } from '@jest/globals';
import { bytes, counted, dollars, number } from '../../../console/format/numbers.ts';
import { startsText } from '../../../console/format/starts.ts';
import { ago, clock, span, time } from '../../../console/format/times.ts';

describe('formats of the console', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [999, '999 ms'],
    [5_230, '5.2 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('a time span of %d ms is %s', (ms, text) => expect(span(ms)).toBe(text));

  it.each([
    [{ schedule: 'rate(5 minutes)' }, 'rate(5 minutes)'],
    [{ freshnessMs: 300_000 }, 'within 5 min of new records'],
    [{}, undefined],
  ])('what starts a connector with %j by itself is %j', (connector, text) => expect(startsText(connector)).toBe(text));

  it.each([
    [-1_000, 'just now'],
    [999, 'just now'],
    [12_900, '12 s ago'],
    [3_599_999, '59 min ago'],
    [86_400_000, '1 d ago'],
  ])('%d ms ago is %s', (ms, text) => expect(ago(ms)).toBe(text));

  it.each([
    [0, '$0'],
    [0.000_006_1, '$0.0000061'],
    [0.05, '$0.05'],
    [1_234.5, '$1,234.50'],
  ])('%d dollars are %s', (value, text) => expect(dollars(value)).toBe(text));

  it('counts in words', () => {
    expect([counted(1, 'task'), counted(1_200, 'task'), counted(2, 'more task has', 'more tasks have')]).toEqual([
      '1 task',
      '1,200 tasks',
      '2 more tasks have',
    ]);
    expect([number(1_234_567), bytes(999), bytes(1_500_000)]).toEqual(['1,234,567', '999 B', '1.5 MB']);
  });

  it('shows times as clocks do where the reader is', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5).getTime();
    expect([time(at), clock(at)]).toEqual(['2026-01-02 03:04:05', '03:04:05']);
  });
});
