import { NOTHING_COUNTED } from '../store/counters.ts';
import { type Cost, costOf } from './cost.ts';
import type { Prices } from './prices.ts';
import { billedStarts, DAY_MS, MONTH_DAYS, startsBetween } from './starts.ts';

/** A run that finds nothing to copy. docs/cost.md says where these come from. */
const IDLE_RUN = { durationMs: 200, writeUnits: 4, dynamodbRequests: 2 };

export interface Scheduled {
  readonly tasks: number;
  /** Absent where only events and people start the tasks. */
  readonly schedule?: string | undefined;
  readonly timeZone: string;
  /** Default as for `costOf`. */
  readonly memoryMb?: number | undefined;
}

/**
 * Returns what the tasks cost in 30 days from `now`, ms since 1970, in which there is nothing to copy. Undefined without a schedule: then
 * nothing starts them.
 */
export function idleMonth({ tasks, schedule, timeZone, memoryMb }: Scheduled, prices: Prices, now: number): Cost | undefined {
  if (schedule === undefined) return undefined;
  const invocations = tasks * startsBetween(schedule, timeZone, now, now + MONTH_DAYS * DAY_MS);
  const { durationMs, writeUnits, dynamodbRequests } = IDLE_RUN;
  const usage = {
    ...NOTHING_COUNTED,
    invocations,
    durationMs: durationMs * invocations,
    writeUnits: writeUnits * invocations,
    dynamodbRequests: dynamodbRequests * invocations,
  };
  return costOf({ usage, memoryMb, billedStarts: billedStarts([invocations], MONTH_DAYS, prices)[0] ?? 0 }, prices);
}
