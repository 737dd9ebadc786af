import { NOTHING_COUNTED } from '../store/counters.ts';
import { type Cost, costOf } from './cost.ts';
import { billedLooks, DAY_MS, idleLooks, type Looked, MONTH_DAYS } from './looks.ts';
import type { Prices } from './prices.ts';

/** A run that finds nothing to copy. docs/cost.md says where these come from. */
const IDLE_RUN = { durationMs: 200, writeUnits: 2, dynamodbRequests: 2 };

export interface Scheduled extends Looked {
  readonly tasks: number;
  /** The system can't tell what is pending: each look starts all tasks. Default false. */
  readonly startsAll?: boolean;
  /** Default as for `costOf`. */
  readonly memoryMb?: number | undefined;
}

/**
 * Returns what a connector costs in 30 days from `now`, ms since 1970, in which there is nothing to copy. Undefined where nobody looks.
 */
export function idleMonth({ tasks, startsAll = false, memoryMb, ...looked }: Scheduled, prices: Prices, now: number): Cost | undefined {
  const count = idleLooks(looked, now, now + MONTH_DAYS * DAY_MS);
  if (count === undefined) return undefined;
  const [billed = 0] = billedLooks([count], MONTH_DAYS, prices);
  const invocations = startsAll ? tasks * count : 0;
  const { durationMs, writeUnits, dynamodbRequests } = IDLE_RUN;
  const usage = {
    ...NOTHING_COUNTED,
    invocations,
    durationMs: durationMs * invocations,
    writeUnits: writeUnits * invocations,
    dynamodbRequests: dynamodbRequests * invocations,
  };
  return costOf({ usage, memoryMb, looks: { count, tasks, billed } }, prices);
}
