import type { UsageResult } from '../runtime/planner-api.ts';
import { type Cost, costOf } from './cost.ts';
import { billedLooks, DAY_MS, idleLooks } from './looks.ts';
import type { Prices } from './prices.ts';

/** What a connector's runs cost in a time. */
export interface ConnectorCost extends Cost {
  readonly connector: string;
  /** ms since 1970. */
  readonly from: number;
  readonly until: number;
  readonly usage: UsageResult['usage'];
  readonly memoryMb?: number;
  /** How often the schedule had the watch function look at the connector. */
  readonly looks: number;
}

/**
 * Returns what connectors cost. Looks leave nothing to count, so they are those of the schedule, as if it had stood all the time. With a
 * freshness they are those of an idle connector and one more for each run, but no more than the freshness asks for.
 */
export function connectorCosts(used: readonly UsageResult[], prices: Prices): ConnectorCost[] {
  const days = Math.max(0, ...used.map(({ from, until }) => (until - from) / DAY_MS));
  const counts = used.map(looksOf);
  const billed = billedLooks(counts, days, prices);
  return used.map(({ connector, from, until, usage, memoryMb, tasks }, n) => {
    const looks = { count: counts[n] ?? 0, tasks, billed: billed[n] ?? 0 };
    const cost = costOf({ usage, memoryMb, looks }, prices);
    return { connector, from, until, usage, ...(memoryMb !== undefined && { memoryMb }), looks: looks.count, ...cost };
  });
}

function looksOf(used: UsageResult): number {
  const { freshnessMs, from, until, usage } = used;
  const idle = idleLooks(used, from, until) ?? 0;
  return freshnessMs === undefined ? idle : Math.min(Math.max(0, until - from) / freshnessMs, idle + usage.invocations);
}
