import { connectorTypes } from '../../connectors/registry.ts';
import type { Cost } from '../../cost/cost.ts';
import { idleMonth, type Scheduled } from '../../cost/idle-month.ts';
import type { Prices } from '../../cost/prices.ts';

/** The types of which a look finds out what is pending. Nobody knows it here of types from packages: they cost at most what is said. */
const TELLS_PENDING: ReadonlySet<string> = new Set(Object.keys(connectorTypes).filter((type) => type !== 'activemq-source'));

/** Returns what a connector of this type costs in 30 days in which there is nothing to copy. Undefined where nobody looks. */
export const idleMonthOf = (
  { type, ...scheduled }: Omit<Scheduled, 'startsAll'> & { readonly type: string },
  prices: Prices,
): Cost | undefined => idleMonth({ ...scheduled, startsAll: !TELLS_PENDING.has(type) }, prices, Date.now());
