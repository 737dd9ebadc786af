import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metricsText } from '../../../src/metrics/metrics-text.ts';
import { metricsOf } from '../../../src/runtime/planner/metrics.ts';
import type { ConnectorItem, PlannerStore, TaskItem } from '../../../src/store/store.ts';
import { connectorSpec, idleTask, plannedTask } from '../../support/specs.ts';

it('no metric shows what a text of a run, a failure, a position or an option holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[a-z][A-Z0-9]{3}[a-zA-Z0-9]{10}[0-9]{4}$/), fc.boolean(), async (secret, fatal) => {
      const spec = connectorSpec({ system: { password: secret, topics: [secret] } });
      const stopped = [
        { partition: secret, place: `${secret}@1`, code: 'RECORD_REFUSED', message: secret, remedy: secret, retriable: false },
      ];
      const item: TaskItem = idleTask({
        planned: plannedTask([secret], spec),
        positions: new Map([[secret, secret]]),
        leaseOwner: secret,
        standing: stopped,
        skips: new Set([secret]),
        failure: { code: 'FORBIDDEN', message: secret, count: 3, at: 1, notBefore: 2, fatal },
        lastRun: {
          ...{ startedAt: 1, endedAt: 2, outcome: 'failed', records: 1, bytes: 1, deadLetters: 0, lagRecords: 5, stopped },
          ...{ notices: [secret], skipped: [{ place: secret, reason: secret }], error: { code: 'FORBIDDEN', message: secret } },
          ...{ waitsFor: secret, endUnknown: secret },
        },
      });
      const connector: ConnectorItem = {
        name: 'orders',
        spec,
        desired: 'RUNNING',
        generation: 1,
        lastGeneration: 1,
        tasks: 1,
        plannedAt: 1,
      };
      const store = { listConnectors: async () => [connector], listTasks: async () => [item] } as unknown as PlannerStore;
      const { connectors } = await metricsOf({ store });
      expect(JSON.stringify(connectors)).not.toContain(secret);
      for (const names of ['own', 'kafka'] as const) {
        const text = metricsText(connectors, { names });
        expect(text).toContain('task="0"');
        expect(text).not.toContain(secret);
      }
    }),
  );
});
