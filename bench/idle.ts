import { performance } from 'node:perf_hooks';
import { uniqueName } from '../test/support/names.ts';
import { fillTopic, kafkaToRocketmq, openTestStore, plan } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { type Bench, row } from './row.ts';

const ROUNDS = 30;
const PARTITIONS = 8;

/** Measures a warm invocation that finds nothing to copy, against one bare DynamoDB update. */
export const idle: Bench = {
  names: ['idle/dynamodb-requests', 'idle/ms'],
  servers: ['kafka', 'dynamodb'],
  async run({ addresses, progress }) {
    progress('idle: warm invocations with nothing to copy');
    const runtime = new TestRuntime((await openTestStore(addresses)).store);
    const topic = uniqueName('idle');
    await fillTopic(addresses, topic, PARTITIONS, 0);
    const spec = kafkaToRocketmq(addresses, topic, topic, topic);
    await plan(runtime.store, spec, [Array.from({ length: PARTITIONS }, (_, partition) => `${topic}-${partition}`)]);
    const ref = { connector: topic, task: 0 };
    const runs: number[] = [];
    const updates: number[] = [];
    let requests = 0;
    for (let round = 0; round < ROUNDS + 2; round += 1) {
      const before = runtime.store.requests;
      const run = await timed(() => runtime.run(ref));
      requests = runtime.store.requests - before;
      const update = await timed(() => runtime.store.setPaused(ref, false));
      // The first rounds open connections and store the start.
      if (round >= 2) {
        runs.push(run);
        updates.push(update);
      }
    }
    await runtime.close();
    return [row('idle/dynamodb-requests', requests, 'requests', 2), row('idle/ms', median(runs), 'ms', median(updates))];
  },
};

/** Returns how many ms the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
