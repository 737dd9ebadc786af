import { ConnectError } from '../api/errors.ts';
import { parseSchedule } from './schedule-expression.ts';

const MINUTE_MS = 60_000;
/** Starts of an uneven schedule that are looked at: two weeks of one with every hour. */
const STEPS = 350;

/**
 * Throws ConnectError CONFIG_INVALID where the window within which tasks start is longer than the time between two starts: a task might
 * start late by one run and early by the next. A schedule that is none has no window: that is said of the schedule.
 */
export function checkWindow(schedule: string | undefined, timeZone: string, windowMinutes: number, now = Date.now()): void {
  if (schedule === undefined) {
    throw new ConnectError('CONFIG_INVALID', 'counts only with a schedule', { remedy: 'set trigger.schedule, or leave it out' });
  }
  const shortest = shortestPause(schedule, timeZone, now);
  if (shortest === undefined || windowMinutes * MINUTE_MS <= shortest) return;
  const minutes = Math.floor(shortest / MINUTE_MS);
  throw new ConnectError('CONFIG_INVALID', `${windowMinutes} minutes are longer than the ${minutes} between two starts`, {
    remedy: `use 1 to ${minutes}, or leave it out`,
  });
}

function shortestPause(schedule: string, timeZone: string, now: number): number | undefined {
  const { kind, nextRun } = parseSchedule(schedule, timeZone);
  let shortest: number | undefined;
  let last = nextRun(now);
  for (let step = 0; kind !== 'at' && last !== undefined && step < STEPS; step += 1) {
    const next = nextRun(last);
    if (next !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, next - last);
    last = next;
  }
  return shortest;
}
