import { describe, expect, it } from '@jest/globals';
import { longestPause } from '../../../src/config/schedule-pause.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const HOUR = 3_600_000;

describe('the longest pause of a schedule', () => {
  it.each([
    ['rate(5 minutes)', HOUR / 12],
    ['rate(2 days)', 48 * HOUR],
    ['cron(0 3 * * ? *)', 24 * HOUR],
    ['cron(0 8-18 ? * MON-FRI *)', 62 * HOUR],
    ['cron(* * * * ? *)', HOUR / 60],
    ['cron(*/5 8-17 ? * MON-FRI *)', 62 * HOUR + HOUR / 12],
    ['cron(* 8-17 ? * MON-FRI *)', 62 * HOUR + HOUR / 60],
    ['cron(0 0 1 * ? *)', 31 * 24 * HOUR],
    ['cron(0 0 1 1 ? *)', 365 * 24 * HOUR],
  ])('%s', (expression, expected) => {
    expect(longestPause(expression, 'UTC', NOW)).toBe(expected);
  });

  it('is longer by an hour where a clock is put back', () => {
    expect(longestPause('cron(0 3 * * ? *)', 'Europe/Berlin', NOW)).toBe(25 * HOUR);
  });

  it('is unknown of what starts only once', () => {
    expect(longestPause('at(2030-12-24T18:00:00)', 'UTC', NOW)).toBeUndefined();
  });
});
