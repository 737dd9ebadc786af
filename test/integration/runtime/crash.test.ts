import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { plan } from '../../../bench/local-deps.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { arrivals, ascendingRuns } from '../../support/copy-check.ts';
import { type AwaitPoint, describePoint } from '../../support/crash/interrupting.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import { fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { uniqueName } from '../../support/names.ts';
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
  ...around('task.committed', 1, 2),
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
      const spec = await crashSpec(name);
      const work = { run: { connector: name, task: 0 } };
      const killed = await runWorker({ table, dynamodb: addresses.dynamodb, deadlineMs: 20_000, at, work });
      expect(killed.signal).toBe('SIGKILL');

      const [left] = await store.listTasks(name);
      const before = await arrivals(admin, name);
      // The lease of the dead runs out: seen from a minute later.
      const resumed = await runWorker({ table, dynamodb: addresses.dynamodb, deadlineMs: 20_000, laterMs: 60_000, work });
      expect(resumed.outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up' } });

      for (const [partition, ids] of await arrivals(admin, name)) {
        const checkpoint = Number(left?.positions.get(partition) ?? 0);
        const arrivedBefore = before.get(partition)?.length ?? 0;
        // What came before the kill is a prefix; what came after starts at the checkpoint and goes to the end without a gap.
        expect(ascendingRuns(ids.slice(0, arrivedBefore)).length).toBeLessThanOrEqual(1);
        expect(ids.slice(arrivedBefore)).toEqual(Array.from({ length: RECORDS - checkpoint }, (_, index) => checkpoint + index));
        expect(checkpoint).toBeLessThanOrEqual(arrivedBefore);
      }
      expect([...(await arrivals(admin, name)).keys()].sort()).toEqual([`${source}-0`, `${source}-1`]);
      const [done] = await store.listTasks(name);
      expect(Object.fromEntries(done?.positions ?? [])).toEqual({ [`${source}-0`]: String(RECORDS), [`${source}-1`]: String(RECORDS) });
    },
  );

  it('runs to its end in the same process when nothing kills it', async () => {
    const name = uniqueName('crash');
    await crashSpec(name);
    const { outcome } = await runWorker({ table, dynamodb: addresses.dynamodb, deadlineMs: 20_000, work: { run: { connector: name, task: 0 } } });
    expect(outcome).toMatchObject({ outcome: 'ran', summary: { records: PARTITIONS * RECORDS, outcome: 'caught-up' } });
    for (const ids of (await arrivals(admin, name)).values()) expect(ascendingRuns(ids)).toHaveLength(1);
  });

  async function crashSpec(name: string): Promise<ConnectorSpec> {
    await admin.createTopic(name, { queues: 4 });
    const spec = kafkaToRocketmq(addresses, name, source, name, {
      batch: { maxRecords: 1e6, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 60_000, checkpointIntervalMs: 0 },
    });
    const partitions = Array.from({ length: PARTITIONS }, (_, index) => `${source}-${index}`);
    await plan(store, spec, [{ taskClass: 'KafkaSourceTask', taskConfig: { partitions }, spec }]);
    return spec;
  }
});
