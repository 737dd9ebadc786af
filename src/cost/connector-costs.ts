import type { UsageResult } from '../runtime/planner-api.ts';
import { type Cost, costOf } from './cost.ts';
import type { Prices } from './prices.ts';
import { billedStarts, DAY_MS, startsBetween } from './starts.ts';

/** What a connector's runs cost in a time. */
export interface ConnectorCost extends Cost {
  readonly connector: string;
  /** ms since 1970. */
  readonly from: number;
  readonly until: number;
  readonly usage: UsageResult['usage'];
  readonly memoryMb?: number;
}

/** Returns what connectors cost. No more starts than runs are counted as the schedule's: it may have been paused, or changed since. */
export function connectorCosts(used: readonly UsageResult[], prices: Prices): ConnectorCost[] {
  const days = Math.max(0, ...used.map(({ from, until }) => (until - from) / DAY_MS));
  const billed = billedStarts(used.map(startsOf), days, prices);
  return used.map(({ connector, from, until, usage, memoryMb }, n) => ({
    connector,
    from,
    until,
    usage,
    ...(memoryMb !== undefined && { memoryMb }),
    ...costOf({ usage, memoryMb, billedStarts: billed[n] ?? 0 }, prices),
  }));
}

function startsOf({ schedule, timeZone, tasks, usage, from, until }: UsageResult): number {
  return schedule === undefined ? 0 : Math.min(usage.invocations, tasks * startsBetween(schedule, timeZone, from, until));
}
