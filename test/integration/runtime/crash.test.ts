import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { arrivals, ascendingRuns } from '../../support/copy-check.ts';
import { type AwaitPoint, describePoint } from '../../support/crash/interrupting.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import { uniqueName } from '../../support/names.ts';
import { fillTopic, kafkaToRocketmq, openTestStore, plan } from '../../support/pipeline.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 2;
const RECORDS = 1_200;

const around = (method: string, ...nths: number[]): AwaitPoint[] =>
  nths.flatMap((nth) => (['before', 'after'] as const).map((when) => ({ method, when, nth })));

/** Every await of a run. Polls are small and each is followed by a checkpoint, so that there is something to lose in between. */
const points: AwaitPoint[] = [
  ...around('store.acquire', 1),
  ...around('task.start', 1),
  ...around('task.poll', 1, 3),
  ...around('rocketmq.openProducer', 1),
  ...around('producer.send', 1, 4),
  ...around('store.checkpoint', 1, 2),
  ...around('task.acknowledged', 1, 2),
  ...around('store.release', 1),
  ...around('task.stop', 1),
  ...around('store.putRun', 1),
];

describe('a worker killed at any await', () => {
  let addresses: StackAddresses;
  let store: ConnectStore;
  let table: string;
  let admin: RocketmqAdmin;
  const source = uniqueName('crash');

  beforeAll(async () => {
    addresses = await stackAddresses();
    ({ store, table } = await openTestStore(addresses));
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    await fillTopic(addresses, source, PARTITIONS, RECORDS);
  });
  afterAll(() => {
    store.close();
    admin.close();
  });

  it.each(points.map((at) => ({ at, name: describePoint(at) })))(
    'is resumed by the next trigger: killed $name, nothing is lost, order holds, repeats begin at the last checkpoint',
    async ({ at }) => {
      const name = uniqueName('crash');
      await crashSpec(name);
      const work = { run: { connector: name, task: 0 } };
      const killed = await runWorker({ table, dynamodb: addresses.dynamodb, deadlineMs: 20_000, at, work });
      expect(killed.signal).toBe('SIGKILL');

      const [left] = await store.listTasks(name);
      // The lease of the dead runs out: seen from a minute later.
      const resumed = await runWorker({ table, dynamodb: addresses.dynamodb, deadlineMs: 20_000, laterMs: 60_000, work });
      expect(resumed.outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up' } });

      const arrived = await arrivals(admin, name);
      expect([...arrived.keys()].sort()).toEqual([`${source}-0`, `${source}-1`]);
      for (const [partition, ids] of arrived) {
        const checkpoint = Number(left?.positions.get(partition) ?? 0);
        const runs = ascendingRuns(ids);
        expect(runs[0]?.[0]).toBe(0);
        expect(runs.at(-1)?.at(-1)).toBe(RECORDS - 1);
        // At most one step back, and then to the checkpoint: no further, and not past it.
        expect(runs.slice(1).map(([first]) => first)).toEqual(runs.length > 1 ? [checkpoint] : []);
      }
      const [done] = await store.listTasks(name);
      expect(Object.fromEntries(done?.positions ?? [])).toEqual({ [`${source}-0`]: String(RECORDS), [`${source}-1`]: String(RECORDS) });
    },
  );

  it('runs to its end in the same process when nothing kills it', async () => {
    const name = uniqueName('crash');
    await crashSpec(name);
    const { outcome } = await runWorker({
      table,
      dynamodb: addresses.dynamodb,
      deadlineMs: 20_000,
      work: { run: { connector: name, task: 0 } },
    });
    expect(outcome).toMatchObject({ outcome: 'ran', summary: { records: PARTITIONS * RECORDS, outcome: 'caught-up' } });
    for (const ids of (await arrivals(admin, name)).values()) expect(ascendingRuns(ids)).toHaveLength(1);
  });

  async function crashSpec(name: string) {
    await admin.createTopic(name, { queues: 4 });
    const spec = kafkaToRocketmq(addresses, name, source, name, {
      batch: { maxRecords: 1e6, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 20_000, checkpointIntervalMs: 0 },
    });
    const partitions = Array.from({ length: PARTITIONS }, (_, index) => `${source}-${index}`);
    await plan(store, spec, [partitions]);
  }
});
