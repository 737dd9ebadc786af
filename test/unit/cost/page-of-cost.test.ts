import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { connectorCosts } from '../../../src/cost/connector-costs.ts';
import { costOf, dollarsOfLook, type Part } from '../../../src/cost/cost.ts';
import { idleMonth } from '../../../src/cost/idle-month.ts';
import { billedLooks, DAY_MS, looksBetween } from '../../../src/cost/looks.ts';
import { PRICE_TABLE, type Prices } from '../../../src/cost/prices.ts';
import { NOTHING_COUNTED } from '../../../src/store/counters.ts';
import { computed, rows, section } from './page.ts';

const prices = PRICE_TABLE['us-east-1'] as Prices;
const MONTH = 30 * DAY_MS;
const MINUTE = 60_000;
const NOW = 1_800_000_000_000;
const PART: Readonly<Record<string, Part>> = {
  looks: 'looks',
  duration: 'duration',
  requests: 'requests',
  DynamoDB: 'dynamodb',
  SQS: 'sqs',
  logs: 'logs',
};
const MINUTELY = 43_200;
const dollarsOf = (cell: string | undefined): number => Number(cell?.replaceAll(/[*,]/g, ''));

/** The examples of the page in which tasks run: the column, and the figures that stand there. */
const RUNNING = [
  { heading: 'One task, every five minutes', column: 1, tasks: 1, looks: MINUTELY / 5, lookTasks: 1, seconds: 5, units: 3 },
  {
    heading: 'Four tasks, every five minutes, each copying for 5 s',
    column: 0,
    tasks: 4,
    looks: MINUTELY / 5,
    lookTasks: 1,
    seconds: 5,
    units: 3,
  },
  { heading: '1,000 tasks that start each time', column: 0, tasks: 1_000, looks: MINUTELY, lookTasks: 1_000, seconds: 0.2, units: 2 },
];

const IDLE = [
  { heading: 'One task, every minute, idle', tasks: 1 },
  { heading: '1,000 tasks, every minute, idle', tasks: 1_000 },
];

describe('what a connector costs', () => {
  it.each(RUNNING)(
    'is what docs/cost.md computes, within a hundredth: $heading',
    ({ heading, column, tasks, looks, lookTasks, seconds, units }) => {
      const invocations = tasks * looks;
      const usage = { ...NOTHING_COUNTED, invocations, durationMs: invocations * seconds * 1_000, writeUnits: invocations * units };
      const cost = costOf({ usage, looks: { count: looks, tasks: lookTasks, billed: 0 } }, prices);
      const table = rows(section(heading));
      const compared = new Set<Part>();
      for (const [name = '', formula = '', ...cells] of table) {
        const part = PART[name];
        if (part === undefined) continue;
        compared.add(part);
        const shown = dollarsOf(cells[column]);
        expect(Math.abs(cost.parts[part] - shown)).toBeLessThanOrEqual(0.0005 + 0.01 * shown);
        if (!formula.includes('×')) continue;
        const exact = computed(formula, column);
        expect(Math.abs(cost.parts[part] - exact)).toBeLessThanOrEqual(0.01 * exact);
      }
      expect([...compared]).toEqual(Object.values(PART));
      const total = dollarsOf(table.at(-1)?.[2 + column]);
      expect(Math.abs(cost.dollars - total)).toBeLessThanOrEqual(0.005 + 0.01 * total);
    },
  );

  it.each(IDLE)('is what docs/cost.md computes, within a hundredth: $heading', ({ heading, tasks }) => {
    const month = idleMonth({ tasks, schedule: 'rate(1 minute)', timeZone: 'UTC' }, prices, NOW);
    const table = rows(section(heading));
    const exact = table.filter(([, formula]) => formula?.includes('×')).reduce((sum, [, formula = '']) => sum + computed(formula, 0), 0);
    expect(exact).toBeGreaterThan(0);
    expect(Math.abs((month?.parts.looks ?? 0) - exact)).toBeLessThanOrEqual(0.01 * exact);
    expect(month?.dollars).toBe(month?.parts.looks);
    expect(Math.abs((month?.dollars ?? 0) - dollarsOf(table.at(-1)?.[2]))).toBeLessThanOrEqual(0.005);
    expect(MINUTELY * dollarsOfLook(tasks, prices)).toBeCloseTo(exact, 2);
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

  it('is what docs/cost.md computes of a freshness, with looks as rare as idle allows, and one more for each run', () => {
    const times = { freshnessMs: 5 * MINUTE, idleMs: 60 * MINUTE };
    const month = idleMonth({ tasks: 1, timeZone: 'UTC', ...times }, prices, NOW);
    const table = rows(section('One task, fresh within five minutes'));
    const exact = table.filter(([, formula]) => formula?.includes('×')).reduce((sum, [, formula = '']) => sum + computed(formula, 0), 0);
    expect(Math.abs((month?.dollars ?? 0) - exact)).toBeLessThanOrEqual(0.01 * exact);
    expect(Math.abs(exact - dollarsOf(table.at(-1)?.[2]))).toBeLessThanOrEqual(0.0005);
    const used = (invocations: number) => {
      const usage = { ...NOTHING_COUNTED, invocations };
      return connectorCosts(
        [{ connector: 'orders', from: NOW, until: NOW + DAY_MS, usage, tasks: 1, timeZone: 'UTC', ...times }],
        prices,
      )[0]?.looks;
    };
    expect([used(0), used(100), used(5_000)]).toEqual([24, 124, 288]);
  });

  it('is known before anything runs, for a month in which there is nothing to copy', () => {
    const month = (more: object) => idleMonth({ tasks: 1_000, schedule: 'rate(1 minute)', timeZone: 'UTC', ...more }, prices, NOW)?.dollars;
    expect(month({ startsAll: true })).toBeCloseTo(260.63, 0);
    expect(month({ schedule: 'cron(* * * * ? *)' })).toBeCloseTo(month({}) ?? 0, 2);
    expect(month({ schedule: undefined })).toBeUndefined();
  });
});

describe('looks by a schedule', () => {
  it.each([
    ['rate(1 hour)', 24],
    ['cron(0 3 * * ? *)', 1],
    ['cron(*/5 * * * ? *)', 288],
    ['cron(* * * * ? *)', 1_440],
    ['at(2027-01-15T12:00:00)', 1],
    ['at(2027-01-17T12:00:00)', 0],
  ])('%s: %d a day', (schedule, starts) => {
    const from = Date.parse('2027-01-15T00:00:30Z');
    expect(looksBetween(schedule, 'UTC', from, from + DAY_MS)).toBe(starts);
    expect(looksBetween(schedule, 'UTC', from, from)).toBe(0);
  });

  it('are counted on, where there are too many to count them one by one', () => {
    expect(looksBetween('cron(* * * * ? *)', 'UTC', NOW, NOW + MONTH)).toBeCloseTo(43_200, -2);
  });

  it('are free up to 14 million a month, which connectors share by their starts', () => {
    expect(billedLooks([10e6, 4e6], 30, prices)).toEqual([0, 0]);
    expect(billedLooks([21e6, 7e6], 30, prices)).toEqual([10.5e6, 3.5e6]);
    expect(billedLooks([14e6], 15, prices)).toEqual([7e6]);
    expect(billedLooks([], 30, prices)).toEqual([]);
  });
});
