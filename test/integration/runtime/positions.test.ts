import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  Connector,
  ConnectorType,
  Position,
  PositionsOfAll,
  SourceTask,
  SourceTaskContext,
  TaskClass,
} from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';

/** A source whose task reaches the end of its one partition without a record, after it has looked where the others are. */
function watchers(names: readonly string[], held: { readonly until?: Promise<void> } = {}) {
  const planned: Array<ReadonlyMap<string, Position>> = [];
  const seen: PositionsOfAll[] = [];
  const connector: Connector = {
    taskClass: 'Watcher',
    check: async () => [],
    taskConfigs: async (_maxTasks, _previous, positions) => {
      planned.push(positions);
      return names.map((name) => ({ partitions: [name] }));
    },
    stop: async () => {},
  };
  class Watcher implements SourceTask {
    readonly #context: SourceTaskContext;
    constructor(context: SourceTaskContext) {
      this.#context = context;
    }
    async start() {
      seen.push(await this.#context.positionsOfAll());
      await held.until;
    }
    async poll() {
      const [name] = this.#context.taskConfig.partitions as [string];
      return { records: [], positions: new Map([[name, `end of ${name}`]]), caughtUp: true };
    }
    async stop() {}
  }
  const config = { safeParse: (data: unknown) => ({ success: true, data }) };
  return {
    planned,
    seen,
    connectorTypes: { watchers: async () => ({ create: () => connector, direction: 'source', config }) as unknown as ConnectorType },
    taskClasses: { Watcher: async () => ({ direction: 'source', create: Watcher }) as unknown as TaskClass },
    checkTopic: async () => [],
  };
}

describe('positions of a whole connector', () => {
  let runtime: TestRuntime;
  beforeAll(async () => {
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  });
  afterAll(async () => {
    await runtime.close();
  });

  it('are seen by its tasks, as last checkpointed, and by its next plan', async () => {
    const parts = watchers(['a', 'b']);
    const file = connectorSpec({ name: uniqueName('positions'), type: 'watchers' });
    const planner = createPlanner({ ...runtime.plannerDeps, ...parts });
    const invocation = { deadline: Date.now() + 120_000, owner: 'test', signal: new AbortController().signal };
    const run = (task: number) => runTask({ connector: file.name, task }, { ...runtime.taskDeps, ...parts }, invocation);

    await planner.handle({ action: 'apply', file });
    await run(0);
    await run(1);
    await run(0);
    await planner.handle({ action: 'replan', connector: file.name });

    const a = ['a', 'end of a'];
    const b = ['b', 'end of b'];
    expect(parts.seen.map(({ positions }) => [...positions])).toEqual([[], [a], [a, b]]);
    expect(parts.planned.map((positions) => [...positions])).toEqual([[], [a, b]]);
  });

  it('tell how long runs that a plan interrupted may still be sending', async () => {
    const held = Promise.withResolvers<void>();
    const wait: { until?: Promise<void> } = {};
    const parts = watchers(['a', 'b'], wait);
    const file = connectorSpec({ name: uniqueName('positions'), type: 'watchers' });
    const planner = createPlanner({ ...runtime.plannerDeps, ...parts });
    const deadline = Date.now() + 120_000;
    const invocation = { deadline, owner: 'test', signal: new AbortController().signal };
    const run = (task: number) => runTask({ connector: file.name, task }, { ...runtime.taskDeps, ...parts }, invocation);
    const other = (maxRecords: number) => ({ ...file, batch: { ...file.batch, maxRecords } });

    await planner.handle({ action: 'apply', file });
    await run(1);
    wait.until = held.promise;
    const interrupted = run(0);
    while (parts.seen.length < 2) await setTimeout(10);
    await planner.handle({ action: 'apply', file: other(7) });
    // Another plan knows it still, though it interrupts nobody.
    await planner.handle({ action: 'apply', file: other(8) });
    held.resolve();
    expect(await interrupted).toMatchObject({ outcome: 'lease-lost' });
    await run(1);
    const known = parts.seen.map(({ quietAt }) => quietAt);
    expect(known.slice(0, 2)).toEqual([0, 0]);
    expect(known[2]).toBeGreaterThanOrEqual(deadline);
    expect(known[2]).toBeLessThan(deadline + 10_000);
  });
});
