import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { costOf, type Part } from '../../../src/cost/cost.ts';
import { idleMonth } from '../../../src/cost/idle-month.ts';
import { PRICE_TABLE, type Prices } from '../../../src/cost/prices.ts';
import { billedStarts, DAY_MS, startsBetween } from '../../../src/cost/starts.ts';
import { NOTHING_COUNTED } from '../../../src/store/counters.ts';
import { computed, rows, section } from './page.ts';

const prices = PRICE_TABLE['us-east-1'] as Prices;
const MONTH = 30 * DAY_MS;
const NOW = 1_800_000_000_000;
const PART: Readonly<Record<string, Part>> = {
  duration: 'duration',
  requests: 'requests',
  DynamoDB: 'dynamodb',
  Scheduler: 'scheduler',
  logs: 'logs',
};

/** The examples of the page: which column, and the figures that stand there. */
const EXAMPLES = [
  { heading: 'One task, every minute, idle', column: 0, tasks: 1, schedule: 'rate(1 minute)', seconds: 0.2, units: 4 },
  { heading: 'One task, every five minutes', column: 0, tasks: 1, schedule: 'rate(5 minutes)', seconds: 0.2, units: 4 },
  { heading: 'One task, every five minutes', column: 1, tasks: 1, schedule: 'rate(5 minutes)', seconds: 5, units: 5 },
  { heading: 'Four tasks, every five minutes, idle', column: 0, tasks: 4, schedule: 'rate(5 minutes)', seconds: 0.2, units: 4 },
  { heading: 'The same, each time copying for 5 s', column: 0, tasks: 4, schedule: 'rate(5 minutes)', seconds: 5, units: 5 },
  { heading: '1,000 tasks, every minute, idle', column: 0, tasks: 1_000, schedule: 'rate(1 minute)', seconds: 0.2, units: 4 },
];

describe('what runs cost', () => {
  it.each(EXAMPLES)('is what docs/cost.md computes, within a hundredth: $heading, column $column', (example) => {
    const { heading, column, tasks, schedule, seconds, units } = example;
    const invocations = tasks * startsBetween(schedule, 'UTC', NOW, NOW + MONTH);
    const usage = { ...NOTHING_COUNTED, invocations, durationMs: invocations * seconds * 1_000, writeUnits: invocations * units };
    const [billed = 0] = billedStarts([invocations], 30, prices);
    const cost = costOf({ usage, billedStarts: billed }, prices);
    let all = 0;
    for (const [name = '', formula = '', ...cells] of rows(section(heading))) {
      const part = PART[name];
      const shown = Number(cells[column]?.replaceAll(',', ''));
      if (part === undefined) continue;
      all += cost.parts[part];
      expect(Math.abs(cost.parts[part] - shown)).toBeLessThanOrEqual(0.0005 + 0.01 * shown);
      if (!formula.includes('×')) continue;
      const exact = computed(formula, column);
      expect(Math.abs(cost.parts[part] - exact)).toBeLessThanOrEqual(0.01 * exact);
    }
    const total = Number(/\*\*([\d.,]+)\*\*/.exec(rows(section(heading)).at(-1)?.[2 + column] ?? '')?.[1]?.replaceAll(',', ''));
    expect(Math.abs(all - total)).toBeLessThanOrEqual(0.005 + 0.01 * total);
    expect(cost.dollars).toBeCloseTo(all + cost.parts.sqs, 10);
  });

  it('has the requests to the queue, which the page names for a million starts', () => {
    const usage = { ...NOTHING_COUNTED, invocations: 1e6 };
    const row = rows(section('What comes on top')).find(([name]) => name?.startsWith('queue, each million'));
    expect(costOf({ usage }, prices).parts.sqs).toBeCloseTo(Number(row?.[2]), 2);
  });

  it('is computed with the prices of the page, which are those of the file for users', () => {
    const numbers = rows(section('Prices')).flatMap(([, text = '']) => text.match(/\d+(\.\d+)?/g) ?? []);
    for (const price of Object.values(prices)) expect(numbers.map(Number)).toContain(price);
    expect(parse(readFileSync('examples/cost/prices.yml', 'utf8'))).toEqual(PRICE_TABLE);
  });

  it('is known before anything runs, for a month in which there is nothing to copy', () => {
    const minutely = idleMonth({ tasks: 1, schedule: 'rate(1 minute)', timeZone: 'UTC' }, prices, NOW);
    const { sqs = 0 } = minutely?.parts ?? {};
    expect((minutely?.dollars ?? 0) - sqs).toBeCloseTo(0.262, 3);
    expect(idleMonth({ tasks: 1, schedule: 'cron(* * * * ? *)', timeZone: 'UTC' }, prices, NOW)?.dollars).toBeCloseTo(
      minutely?.dollars ?? 0,
      2,
    );
    expect(idleMonth({ tasks: 1, timeZone: 'UTC' }, prices, NOW)).toBeUndefined();
    expect(idleMonth({ tasks: 0, schedule: 'rate(1 minute)', timeZone: 'UTC' }, prices, NOW)?.dollars).toBe(0);
  });
});

describe('starts by a schedule', () => {
  it.each([
    ['rate(1 hour)', 24],
    ['cron(0 3 * * ? *)', 1],
    ['cron(*/5 * * * ? *)', 288],
    ['cron(* * * * ? *)', 1_440],
    ['at(2027-01-15T12:00:00)', 1],
    ['at(2027-01-17T12:00:00)', 0],
  ])('%s: %d a day', (schedule, starts) => {
    const from = Date.parse('2027-01-15T00:00:30Z');
    expect(startsBetween(schedule, 'UTC', from, from + DAY_MS)).toBe(starts);
    expect(startsBetween(schedule, 'UTC', from, from)).toBe(0);
  });

  it('are counted on, where there are too many to count them one by one', () => {
    expect(startsBetween('cron(* * * * ? *)', 'UTC', NOW, NOW + MONTH)).toBeCloseTo(43_200, -2);
  });

  it('are free up to 14 million a month, which connectors share by their starts', () => {
    expect(billedStarts([10e6, 4e6], 30, prices)).toEqual([0, 0]);
    expect(billedStarts([21e6, 7e6], 30, prices)).toEqual([10.5e6, 3.5e6]);
    expect(billedStarts([14e6], 15, prices)).toEqual([7e6]);
    expect(billedStarts([], 30, prices)).toEqual([]);
  });
});
