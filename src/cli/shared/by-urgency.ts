import type { ConnectorState, ConnectorSummary } from '../../runtime/planner-api.ts';

/** The states of connectors, those first that a person should look at first. */
export const STATES: readonly ConnectorState[] = ['FAILED', 'DEGRADED', 'STALLED', 'RUNNING', 'PAUSED', 'STOPPED'];

/** Returns the connectors that are in one of the states, or all; the failed ones first, and then by name. */
export function byUrgency<C extends Pick<ConnectorSummary, 'name' | 'state'>>(
  connectors: readonly C[],
  only: readonly ConnectorState[] = STATES,
): C[] {
  const rank = ({ state }: C) => STATES.indexOf(state);
  return connectors.filter(({ state }) => only.includes(state)).sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
