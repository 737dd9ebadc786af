import type { LookTimes } from '../config/look-times.ts';
import { parseSchedule } from '../config/schedule-expression.ts';
import type { Prices } from './prices.ts';

export const DAY_MS = 24 * 3_600_000;
export const MONTH_DAYS = 30;
/** So many times of a cron schedule are counted one by one. Further ones are as dense as these. */
const MOST_COUNTED = 4_000;

/** What says when somebody looks at a connector: a schedule, the times between looks, or, where neither is there, nobody. */
export interface Looked extends Partial<LookTimes> {
  readonly schedule?: string | undefined;
  readonly timeZone: string;
}

/** Returns how often somebody looks from `from` to `until`, ms since 1970, while there is nothing to copy. Undefined where nobody does. */
export function idleLooks({ schedule, timeZone, idleMs }: Looked, from: number, until: number): number | undefined {
  if (idleMs !== undefined) return Math.max(0, until - from) / idleMs;
  return schedule === undefined ? undefined : looksBetween(schedule, timeZone, from, until);
}

/** Returns how often a schedule has the watch function look in the time from `from` to `until`, ms since 1970. Throws as `parseSchedule` does. */
export function looksBetween(expression: string, timeZone: string, from: number, until: number): number {
  const { kind, nextRun } = parseSchedule(expression, timeZone);
  if (until <= from) return 0;
  if (kind === 'rate') return (until - from) / ((nextRun(0) as number) - 0);
  let counted = 0;
  let last = from;
  for (let next = nextRun(last); next !== undefined && next < until; next = nextRun(last)) {
    counted += 1;
    last = next;
    if (counted === MOST_COUNTED) return (counted * (until - from)) / (last - from);
  }
  return counted;
}

/**
 * Returns how many of the looks at each connector EventBridge Scheduler bills, in a time of `days`. What is free in a month is shared by all
 * of them, in proportion to their looks.
 */
export function billedLooks(looks: readonly number[], days: number, { schedulerFreeMillions }: Prices): number[] {
  const all = looks.reduce((sum, count) => sum + count, 0);
  const free = (schedulerFreeMillions * 1e6 * days) / MONTH_DAYS;
  return looks.map((count) => (all <= free ? 0 : (count * (all - free)) / all));
}
