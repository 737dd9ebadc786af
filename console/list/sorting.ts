import type { ListedConnector } from '../../src/console/answers.ts';
import type { ConnectorState } from '../../src/runtime/planner-api.ts';
import { CONNECTOR_STATES } from '../format/states.ts';
import type { ListPlace, Sort } from '../state/place.ts';

const STATES = Object.keys(CONNECTOR_STATES) as ConnectorState[];

/** Returns the connectors that the place asks for, in its order. */
export function chosen(connectors: readonly ListedConnector[], { states, name, sort }: ListPlace): ListedConnector[] {
  const wanted = name.trim().toLowerCase();
  return connectors
    .filter((each) => (states.length === 0 || states.includes(each.state)) && each.name.toLowerCase().includes(wanted))
    .sort((a, b) => ORDERS[sort](a, b) || byName(a, b));
}

/** How many connectors are in each state. States that none is in are left out. */
export function countsByState(connectors: readonly ListedConnector[]): ReadonlyArray<readonly [ConnectorState, number]> {
  return STATES.map((state) => [state, connectors.filter((each) => each.state === state).length] as const).filter(([, count]) => count > 0);
}

/** The columns by which the list is sorted. */
export const SORT_TITLES: Readonly<Record<Sort, string>> = { urgency: 'State', name: 'Name', lag: 'Left to copy', age: 'Last record' };

type Order = (a: ListedConnector, b: ListedConnector) => number;

const byName: Order = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** What is not known comes last. */
const ORDERS: Readonly<Record<Sort, Order>> = {
  urgency: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
  name: byName,
  lag: (a, b) => (b.lagRecords ?? -1) - (a.lagRecords ?? -1) || (b.lagMs ?? -1) - (a.lagMs ?? -1),
  age: (a, b) => (a.lastRecordAt ?? Number.POSITIVE_INFINITY) - (b.lastRecordAt ?? Number.POSITIVE_INFINITY),
};
