import { describe, expect, it } from '@jest/globals';
import type { ConfigError } from '../../../src/config/config-error.ts';
import { dueLook, dueStart } from '../../../src/config/due-start.ts';
import { lookTimes, rateOf } from '../../../src/config/look-times.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { parseSchedule } from '../../../src/config/schedule-expression.ts';
import { fruitTypes, validFile } from './fruit-source.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const triggerOf = async (trigger: object) => (await parseConnectorFile({ ...validFile, trigger }, fruitTypes)).trigger;

async function problems(trigger: object): Promise<string[]> {
  const error = (await triggerOf(trigger).catch((thrown) => thrown)) as ConfigError;
  return error.findings.map(({ option, message, remedy }) => `${option}: ${message}; ${remedy}`);
}

describe('trigger.freshness', () => {
  it.each([
    ['5 minutes', 5 * MINUTE],
    ['1 hour', HOUR],
    ['90s', 90_000],
    ['1 day', 24 * HOUR],
    ['1.5 min', 90_000],
  ])('may be %j', async (freshness, ms) => {
    const trigger = await triggerOf({ freshness });
    expect(trigger).toEqual({ timeZone: 'UTC', freshness });
    expect(lookTimes(trigger)?.freshnessMs).toBe(ms);
  });

  it('is taken as it is given back', async () => {
    const trigger = await triggerOf({ freshness: '5 minutes', idle: '2 hours' });
    expect(await triggerOf(trigger)).toEqual(trigger);
  });

  it.each<[string, object, string]>([
    [
      'less than a minute',
      { freshness: '30 seconds' },
      'trigger.freshness: expected a duration from 1 min to 24 h, with its unit, given the text "30 seconds"; write for example 5 minutes',
    ],
    [
      'more than a day',
      { freshness: '25h' },
      'trigger.freshness: expected a duration from 1 min to 24 h, with its unit, given the text "25h"; write for example 5 minutes',
    ],
    [
      'no duration',
      { freshness: 'soon' },
      'trigger.freshness: expected a duration from 1 min to 24 h, with its unit, given the text "soon"; write for example 5 minutes',
    ],
    [
      'a number, which might be anything',
      { freshness: 300_000 },
      'trigger.freshness: expected a duration from 1 min to 24 h, with its unit, given the number 300000; write for example 5 minutes',
    ],
    [
      'beside a schedule',
      { schedule: 'rate(1 hour)', freshness: '5 minutes' },
      'trigger.freshness: takes the place of trigger.schedule, which is set, too; remove one of the two',
    ],
    [
      'longer than idle',
      { freshness: '10 minutes', idle: '5 minutes' },
      'trigger.idle: is 5 minutes, less than trigger.freshness (10 minutes); use 10 minutes or more, or leave it out for 1 h',
    ],
    ['idle alone', { idle: '1 hour' }, 'trigger.idle: counts only with trigger.freshness; set trigger.freshness, or leave it out'],
    [
      'idle beside a schedule',
      { schedule: 'rate(1 hour)', idle: '1 hour' },
      'trigger.idle: counts only with trigger.freshness; set trigger.freshness, or leave it out',
    ],
    [
      'with a time zone',
      { freshness: '5 minutes', timeZone: 'Europe/Berlin' },
      'trigger.timeZone: means nothing with trigger.freshness, which counts from the last records; remove it, or set trigger.schedule instead of trigger.freshness',
    ],
    [
      'with a window',
      { freshness: '5 minutes', windowMinutes: 3 },
      'trigger.windowMinutes: means nothing with trigger.freshness, which counts from the last records; remove it, or set trigger.schedule instead of trigger.freshness',
    ],
  ])('is refused: %s', async (_, trigger, problem) => {
    expect(await problems(trigger)).toEqual([problem]);
  });
});

describe('the times between looks', () => {
  it.each([
    [{}, undefined],
    [{ freshness: '5 minutes' }, { freshnessMs: 5 * MINUTE, idleMs: HOUR }],
    [{ freshness: '3h' }, { freshnessMs: 3 * HOUR, idleMs: 3 * HOUR }],
    [
      { freshness: '5m', idle: '10 min' },
      { freshnessMs: 5 * MINUTE, idleMs: 10 * MINUTE },
    ],
  ])('of %j are %j', (trigger, times) => expect(lookTimes(trigger)).toEqual(times));

  it.each([
    [MINUTE, 'rate(1 minute)'],
    [90_000, 'rate(1 minute)'],
    [24 * HOUR, 'rate(1440 minutes)'],
    [1_000, 'rate(1 minute)'],
  ])('are whole minutes: %d ms is %s', (ms, expression) => {
    expect(rateOf(ms)).toBe(expression);
    expect(parseSchedule(expression).kind).toBe('rate');
  });

  it('say when data is late, and when a look is', () => {
    const trigger = { timeZone: 'UTC', freshness: '5 minutes' };
    expect(dueStart(trigger, 0, 2)).toBe(10 * MINUTE);
    expect(dueLook(trigger, 0, 2)).toBe(2 * HOUR);
    expect(dueLook({ timeZone: 'UTC', schedule: 'rate(5 minutes)' }, 0, 2)).toBe(10 * MINUTE);
  });
});
