import { duration } from './quantities.ts';
import type { TriggerSpec } from './trigger-section.ts';

/** How often somebody looks whether there is something to copy, where `trigger.freshness` says how old data may be. */
export interface LookTimes {
  /** How old data at the target may be while records keep coming, in ms, 60,000 or more. */
  readonly freshnessMs: number;
  /** The longest time between two looks, in ms; at least the freshness. */
  readonly idleMs: number;
}

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Without `trigger.idle` looks come each hour at least, or as often as the freshness asks for where that is longer. */
export const defaultIdle = (freshnessMs: number): number => Math.max(HOUR_MS, freshnessMs);

/** Returns the times between looks; undefined where a schedule or nobody says when they come. */
export function lookTimes({ freshness, idle }: Pick<TriggerSpec, 'freshness' | 'idle'>): LookTimes | undefined {
  const freshnessMs = freshness === undefined ? undefined : duration.parse(freshness);
  if (freshnessMs === undefined) return undefined;
  return { freshnessMs, idleMs: (idle === undefined ? undefined : duration.parse(idle)) ?? defaultIdle(freshnessMs) };
}

/** A time between looks as a rate of whole minutes, at least one: EventBridge Scheduler knows nothing shorter. */
export function rateOf(ms: number): string {
  const minutes = minutesIn(ms);
  return `rate(${minutes} minute${minutes === 1 ? '' : 's'})`;
}

/** Rounded down, so that looks come rather too early. */
export const minutesIn = (ms: number): number => Math.max(1, Math.floor(ms / MINUTE_MS));
