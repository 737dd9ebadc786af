import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { parseSchedule } from '../../../src/config/schedule-expression.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z'); // a Sunday
const next = (expression: string, timeZone?: string, after = NOON) => {
  const at = parseSchedule(expression, timeZone).nextRun(after);
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000Z', 'Z');
};

describe('parseSchedule', () => {
  it.each([
    ['rate(1 minute)', '2026-11-22T12:01:00Z'],
    ['rate(5 minutes)', '2026-11-22T12:05:00Z'],
    ['rate(12 hours)', '2026-11-23T00:00:00Z'],
    ['rate(1 day)', '2026-11-23T12:00:00Z'],
    ['cron(0/10 * * * ? *)', '2026-11-22T12:10:00Z'],
    ['cron(1/10 * * * ? *)', '2026-11-22T12:01:00Z'],
    ['cron(0 3 * * ? *)', '2026-11-23T03:00:00Z'],
    ['cron(0 3 ? * MON-FRI *)', '2026-11-23T03:00:00Z'],
    ['cron(0 3 ? * 1 *)', '2026-11-29T03:00:00Z'],
    ['cron(0 3 ? * L *)', '2026-11-28T03:00:00Z'],
    ['cron(0 3 L * ? *)', '2026-11-30T03:00:00Z'],
    ['cron(0 3 3W * ? *)', '2026-12-03T03:00:00Z'],
    ['cron(0 3 ? * 6L *)', '2026-11-27T03:00:00Z'],
    ['cron(0 3 ? * TUE#2 *)', '2026-12-08T03:00:00Z'],
    ['cron(0 3 1 1 ? 2030-2031)', '2030-01-01T03:00:00Z'],
    ['at(2026-12-24T18:00:00)', '2026-12-24T18:00:00Z'],
  ])('%s after Sunday noon fires at %s', (expression, expected) => {
    expect(next(expression)).toBe(expected);
  });

  it('reads cron and at in the time zone', () => {
    expect(next('cron(30 2 * * ? *)', 'Europe/Berlin')).toBe('2026-11-23T01:30:00Z');
    expect(next('at(2026-12-24T18:00:00)', 'America/New_York')).toBe('2026-12-24T23:00:00Z');
  });

  it('has no next run once the last one is over', () => {
    expect(next('at(2020-12-24T18:00:00)')).toBeUndefined();
    expect(next('cron(0 3 * * ? 2020)')).toBeUndefined();
  });

  it('always moves on', () => {
    const expression = fc.constantFrom('rate(7 minutes)', 'cron(0/7 * * * ? *)', 'cron(15 2 ? * 7L *)', 'cron(0 3 31W * ? *)');
    fc.assert(
      fc.property(expression, fc.constantFrom('UTC', 'Europe/Berlin'), fc.integer({ min: 0, max: 4e12 }), (text, zone, after) => {
        expect(parseSchedule(text, zone).nextRun(after)).toBeGreaterThan(after);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['every 5 minutes', '"every 5 minutes" is not a schedule', 'write rate(5 minutes), cron(0 3 * * ? *) or at(2030-12-24T18:00:00)'],
    ['rate(0 minutes)', '"rate(0 minutes)" is not a rate', 'write a whole number from 1 and minutes, hours or days, e.g. rate(5 minutes)'],
    ['rate(5 weeks)', '"rate(5 weeks)" is not a rate', 'write a whole number from 1 and minutes, hours or days, e.g. rate(5 minutes)'],
    ['rate(1 minutes)', '"rate(1 minutes)" has the wrong number', 'write rate(1 minute)'],
    ['rate(5 minute)', '"rate(5 minute)" has the wrong number', 'write rate(5 minutes)'],
    [
      'cron(0 3 * * *)',
      '"cron(0 3 * * *)" has 5 fields instead of 6',
      'write cron(minutes hours day-of-month month day-of-week year), e.g. cron(0 3 * * ? *)',
    ],
    ['cron(0 3 * * * *)', '"cron(0 3 * * * *)": exactly one of day-of-month and day-of-week must be ?', 'put ? where any day will do'],
    ['cron(60 3 * * ? *)', '"cron(60 3 * * ? *)": minutes can\'t be 60', 'it takes 0-59 and , - * /'],
    ['cron(? 3 * * ? *)', '"cron(? 3 * * ? *)": minutes can\'t be ?', 'it takes 0-59 and , - * /'],
    ['cron(0 3 * FOO ? *)', '"cron(0 3 * FOO ? *)": month can\'t be FOO', 'it takes 1-12 or JAN-DEC and , - * /'],
    ['cron(0 3 ? * 8 *)', '"cron(0 3 ? * 8 *)": day-of-week can\'t be 8', 'it takes 1-7 (1 is Sunday) or SUN-SAT and , - * ? L #'],
    ['cron(0 3 * * ? 2200)', '"cron(0 3 * * ? 2200)": year can\'t be 2200', 'it takes 1970-2199 and , - * /'],
    ['cron(0 3 30 2 ? *)', '"cron(0 3 30 2 ? *)" names no day that exists', 'correct its day, month or year'],
    ['at(2026-12-24)', '"at(2026-12-24)" is not a time', 'write at(yyyy-mm-ddThh:mm:ss), local to timeZone and without an offset'],
    [
      'at(2026-02-30T00:00:00)',
      '"at(2026-02-30T00:00:00)" is not a time',
      'write at(yyyy-mm-ddThh:mm:ss), local to timeZone and without an offset',
    ],
  ])('refuses %s', (expression, message, remedy) => {
    expect(() => parseSchedule(expression)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message, remedy }));
  });

  it.each(['Europe/Berln', '+05:00', ''])('refuses the time zone "%s"', (timeZone) => {
    expect(() => parseSchedule('rate(5 minutes)', timeZone)).toThrow(
      expect.objectContaining({
        message: `"${timeZone}" is not a time zone`,
        remedy: 'use a name of the IANA database such as UTC or Europe/Berlin',
      }),
    );
  });
});

it('does not load what Node knows of time zones for a rate in UTC', () => {
  const format = jest.spyOn(Intl, 'DateTimeFormat');
  try {
    expect(next('rate(5 minutes)')).toBe('2026-11-22T12:05:00Z');
    expect(format).not.toHaveBeenCalled();
    expect(next('rate(5 minutes)', 'Europe/Berlin')).toBe('2026-11-22T12:05:00Z');
    expect(format).toHaveBeenCalledTimes(1);
  } finally {
    format.mockRestore();
  }
});
