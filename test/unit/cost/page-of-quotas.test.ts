import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { rows } from './page.ts';

const project = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/quotas.md', project), 'utf8');
const { params, functions } = parse(readFileSync(new URL('serverless.yml', project), 'utf8'), { logLevel: 'silent' });
const atOnce = Number(params.default.taskMaxConcurrency);
/** What the page assumes of a run, and what docs/cost.md says that it writes. */
const [RUN_SECONDS, RUN_UNITS] = [5, 3];
const LEASE_UNITS = 1;

const figure = (cell: string | undefined): number => Number(/[\d.,]+/.exec(cell ?? '')?.[0].replaceAll(',', ''));
const shown = (value: number): string => value.toLocaleString('en-US');
const grows = rows(page.split('## What grows')[1]?.split('## ')[0] ?? '').slice(2);

describe('the figures of docs/quotas.md', () => {
  it('are those of 10, 100, 1,000 and 10,000 tasks', () => {
    expect(grows.map(([tasks]) => figure(tasks))).toEqual([10, 100, 1_000, 10_000]);
  });

  it.each(grows)('are computed as the page says: %s tasks', (...cells) => {
    const [tasks = 0, after, runs, writes, reads, look, plan] = cells.map(figure);
    const running = Math.min(tasks, atOnce);
    expect({ after, runs, writes, reads, plan }).toEqual({
      after: Math.max(RUN_SECONDS, (tasks * RUN_SECONDS) / atOnce),
      runs: running,
      writes: (running / RUN_SECONDS) * RUN_UNITS,
      reads: (tasks * 90) / 1_000,
      plan: tasks * 2,
    });
    expect(look).toBe(Math.max(0.15, (tasks * 1.5) / 1_000));
    expect(look).toBeLessThan(functions.watch.timeout);
  });

  it.each([1_000, 10_000])('name what lets %i tasks run within a minute', (tasks) => {
    expect(page).toContain(`${shown(Math.ceil((tasks * RUN_SECONDS) / 60))} for ${shown(tasks)} tasks`);
  });

  it('name what 10,000 tasks write then, in a minute and in their first second', () => {
    expect(page).toContain(`${shown(Math.floor((10_000 * RUN_UNITS) / 60))} units\na second`);
    expect(page).toContain(`${shown(Math.ceil((10_000 * RUN_SECONDS) / 60))} starts in one second need ${shown(834 * LEASE_UNITS)}`);
  });

  it('have the defaults of serverless.yml', () => {
    expect(page).toContain(`\`taskMaxConcurrency\` has\nits default, ${atOnce}`);
    expect(page).toContain(`| a look | ${functions.watch.timeout} s,`);
    expect(params.default.plannerTimeout).toBe(15 * 60);
  });
});
