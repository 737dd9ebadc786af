import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import { arrivals } from '../../support/copy-check.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 4;
const RECORDS = 8_000;

describe('RocketMQ restarts in mid-batch', () => {
  let own: OwnServer;
  let runtime: TestRuntime;

  beforeAll(async () => {
    own = await OwnServer.start(rocketmq);
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  }, 120_000);
  afterAll(async () => {
    await runtime.close();
    await own[Symbol.asyncDispose]();
  });

  it('is killed and comes back: the same run goes on, nothing is lost, order holds', async () => {
    const addresses = { ...(await stackAddresses()), rocketmqNamesrv: own.address('namesrv') };
    const name = uniqueName('restart');
    await inTopic(async (admin) => admin.createTopic(name, { queues: PARTITIONS }));
    await fillTopic(addresses, name, PARTITIONS, RECORDS);
    const batch = { maxRecords: 1e6, maxBytes: 1e9, maxDurationMs: 100_000, maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };
    await runtime.apply(kafkaToRocketmq(addresses, name, name, name, { maxTasks: 1, batch }));

    const run = runtime.run({ connector: name, task: 0 }, 100_000);
    let reached = 0;
    while (reached < RECORDS / 10) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [item] = await runtime.store.listTasks(name);
      reached = Math.max(0, ...[...(item?.positions.values() ?? [])].map(Number));
    }
    expect(reached).toBeLessThan(RECORDS);
    await own.signal('SIGKILL');
    await own.restart(0);
    expect(await run).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: PARTITIONS * RECORDS } });

    const arrived = await inTopic((admin) => arrivals(admin, name));
    expect(arrived.size).toBe(PARTITIONS);
    for (const ids of arrived.values()) expect([...new Set(ids)]).toEqual(Array.from({ length: RECORDS }, (_, id) => id));
  }, 150_000);

  async function inTopic<T>(work: (admin: RocketmqAdmin) => Promise<T>): Promise<T> {
    const admin = await RocketmqAdmin.open(own.address('namesrv'));
    try {
      return await work(admin);
    } finally {
      admin.close();
    }
  }
});
