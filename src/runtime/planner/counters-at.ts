import { plus } from '../../store/counters.ts';
import type { Counters } from '../../store/store.ts';

/** What a task had counted at a time, ms since 1970. */
export interface Point {
  readonly at: number;
  readonly counters: Counters;
}

/**
 * Returns what a task had counted at `at`, from what it had before and after. Between them it was idle: every run that did anything has an
 * item, which would be one of the two. Idle runs come at regular times and cost the same.
 */
export function countersAt(at: number, before: Point, after: Point): Counters {
  if (at <= before.at) return before.counters;
  if (at >= after.at) return after.counters;
  const share = (at - before.at) / (after.at - before.at);
  return plus(before.counters, plus(after.counters, before.counters, -1), share);
}
