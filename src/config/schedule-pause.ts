import { parseSchedule } from './schedule-expression.ts';

const YEAR_MS = 366 * 24 * 3_600_000;
/** Of one schedule: six days of ten hours with every minute, so that a weekend is among them. */
const MAX_STEPS = 4_000;

/**
 * The longest time between two starts by a schedule in the year from `now`, or in its next 4,000 starts, in ms. Undefined where it
 * starts only once more or never. Throws as `parseSchedule` does.
 */
export function longestPause(expression: string, timeZone: string, now: number): number | undefined {
  const { nextRun } = parseSchedule(expression, timeZone);
  let longest: number | undefined;
  let last = nextRun(now);
  for (let step = 0; last !== undefined && step < MAX_STEPS && last < now + YEAR_MS; step += 1) {
    const next = nextRun(last);
    if (next !== undefined) longest = Math.max(longest ?? 0, next - last);
    last = next;
  }
  return longest;
}
