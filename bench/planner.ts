import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { Connector, ConnectorType } from '../src/api/index.ts';
import { assignSticky } from '../src/kit/index.ts';
import { createPlanner } from '../src/runtime/planner/planner.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { connectorSpec } from '../test/support/specs.ts';
import { type Bench, type Row, row } from './row.ts';

const SIZES = [10, 1_000, 10_000];

/**
 * Measures a first apply of that many tasks on the real store, in milliseconds a task. The ratio is against the next smaller size. The
 * source is artificial, because one machine has no Kafka with 10,000 partitions to spare. Events start the tasks, so the planner writes no
 * schedule.
 */
export const planner: Bench = {
  names: SIZES.map((size) => `planner/${size}`),
  servers: ['dynamodb'],
  async run({ addresses, progress, wants }) {
    const runtime = new TestRuntime((await openTestStore(addresses)).store);
    const rows: Row[] = [];
    let smaller: number | undefined;
    for (const size of SIZES.filter((each) => wants(`planner/${each}`))) {
      progress(`planner: ${size} tasks`);
      const deps = {
        ...runtime.plannerDeps,
        connectorTypes: { 'bench-source': async () => partitionsOf(size) },
        checkTopic: async () => [],
      };
      const name = uniqueName('plan');
      const start = performance.now();
      const response = await createPlanner({ ...deps, deadline: () => Date.now() + 600_000 }).handle({
        action: 'apply',
        file: connectorSpec({ name, type: 'bench-source', maxTasks: size }),
      });
      if (!response.ok) throw new Error(response.error.message);
      const perTask = (performance.now() - start) / size;
      rows.push(row(`planner/${size}`, perTask, 'ms/task', smaller));
      smaller = perTask;
    }
    await runtime.close();
    return rows;
  },
};

function partitionsOf(count: number): ConnectorType {
  const partitions = Array.from({ length: count }, (_, index) => `partition-${index}`);
  const connector: Connector = {
    taskClass: 'BenchTask',
    check: async () => [],
    taskConfigs: async (maxTasks, previous) =>
      assignSticky(
        partitions,
        maxTasks,
        previous.map((task) => task.partitions),
      ).map((own) => ({ partitions: own })),
    stop: async () => {},
  };
  return {
    type: 'bench-source',
    direction: 'source',
    summary: 'made up',
    config: z.looseObject({}),
    create: () => connector,
  };
}
