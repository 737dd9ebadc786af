import { expect, it } from '@jest/globals';
import { askLag } from '../../../src/runtime/planner/ask-lag.ts';
import type { PlannerDeps } from '../../../src/runtime/planner/planner-deps.ts';
import type { ConnectorItem } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';

it('knows no lag where the planner has no time left to ask', async () => {
  const spec = connectorSpec({ direction: 'sink' });
  const unasked = () => new Promise<never>(() => {});
  const deps = { deadline: () => Date.now() - 1, resolveSecrets: unasked, loadLetters: unasked } as Partial<PlannerDeps> as PlannerDeps;
  const { lagUnknown, lagOf } = await askLag({ spec } as ConnectorItem, [], deps);
  expect(lagUnknown).toBe('no time was left to ask');
  expect(lagOf('p')).toBeUndefined();
});
