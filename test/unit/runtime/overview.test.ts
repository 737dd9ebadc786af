import { describe, expect, it } from '@jest/globals';
import { overviewOf } from '../../../src/runtime/planner/overview.ts';
import type { ConnectorItem } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';

const LAMBDA_ANSWER_BYTES = 6_000_000;
const COUNT = 100;
const names = Array.from({ length: COUNT }, (_, n) => `c${String(n).padStart(3, '0')}`);

function connector(name: string): ConnectorItem {
  const spec = connectorSpec({ name, system: { topics: ['x'.repeat(100_000)] } });
  return { name, spec, desired: 'RUNNING', generation: 1, lastGeneration: 1, tasks: 0 };
}

/** It lists connectors in any order. */
const store = {
  getConnector: async (name: string) => (names.includes(name) ? connector(name) : undefined),
  listConnectors: async () => names.toReversed().map(connector),
  listTasks: async () => [],
};

const ask = (request: { readonly connector?: string; readonly from?: string }) => overviewOf(request, { store: store as never });

describe('an overview', () => {
  it('comes in pages that an answer of Lambda has room for, each connector once', async () => {
    const seen: string[] = [];
    let pages = 0;
    let from: string | undefined;
    do {
      const page = await ask({ ...(from !== undefined && { from }) });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(LAMBDA_ANSWER_BYTES);
      seen.push(...page.connectors.map(({ name }) => name));
      from = page.next;
      pages += 1;
    } while (from !== undefined);
    expect(seen).toEqual(names);
    expect(pages).toBeGreaterThan(1);
  });

  it('of one connector has that or none', async () => {
    expect((await ask({ connector: 'c007' })).connectors.map(({ name }) => name)).toEqual(['c007']);
    expect(await ask({ connector: 'nope' })).toEqual({ connectors: [] });
    expect(await ask({ connector: 'a/b' })).toEqual({ connectors: [] });
  });
});
