import { describe, expect, it } from '@jest/globals';
import { byUrgency } from '../../../src/cli/shared/by-urgency.ts';
import { states } from '../../../src/cli/shared/options.ts';
import type { ConnectorState } from '../../../src/runtime/planner-api.ts';

const all = (['RUNNING', 'FAILED', 'STOPPED', 'STALLED', 'FAILED', 'PAUSED', 'DEGRADED'] as ConnectorState[]).map((state, index) => ({
  name: `c${9 - index}`,
  state,
}));

describe('a list of connectors', () => {
  it('has those first that failed, and then goes by name', () => {
    expect(byUrgency(all).map(({ name, state }) => `${name} ${state}`)).toEqual([
      ...['c5 FAILED', 'c8 FAILED', 'c3 DEGRADED', 'c6 STALLED'],
      ...['c9 RUNNING', 'c4 PAUSED', 'c7 STOPPED'],
    ]);
  });

  it('can be cut to some states, in any case', () => {
    expect(byUrgency(all, states('failed,Stalled')).map(({ name }) => name)).toEqual(['c5', 'c8', 'c6']);
    expect(states('paused', states('failed'))).toEqual(['FAILED', 'PAUSED']);
    expect(() => states('broken')).toThrow('There is no state BROKEN; there are FAILED, DEGRADED, STALLED, RUNNING, PAUSED, STOPPED.');
  });
});
