import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { arrivals } from '../../support/copy-check.ts';
import { uniqueName } from '../../support/names.ts';
import { appendTo, fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 7;

describe('a re-plan while tasks run', () => {
  let addresses: StackAddresses;
  let runtime: TestRuntime;
  let admin: RocketmqAdmin;
  let kafka: KafkaTopics;

  beforeAll(async () => {
    addresses = await stackAddresses();
    runtime = new TestRuntime((await openTestStore(addresses)).store);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    kafka = new KafkaTopics(addresses.kafka);
  });
  afterAll(async () => {
    await runtime.close();
    await kafka.close();
    admin.close();
  });

  it('moves partitions between running tasks again and again: nothing is lost, the first copy of each partition is in order', async () => {
    const name = uniqueName('moving');
    await admin.createTopic(name);
    await fillTopic(addresses, name, PARTITIONS, 500);
    const batch = { maxRecords: 700, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 10_000, checkpointIntervalMs: 0 };
    const spec = kafkaToRocketmq(addresses, name, name, name, { maxTasks: 2, batch });
    await runtime.apply(spec);

    let planning = true;
    const triggers = [0, 1, 2, 3, 4].map(async (task) => {
      while (planning) await runtime.run({ connector: name, task });
    });
    let total = 500;
    for (const maxTasks of [5, 3, 1, 4, 2]) {
      await appendTo(kafka, name, PARTITIONS, 200);
      total += 200;
      const { tasks, moved } = await runtime.apply({ ...spec, maxTasks });
      expect(tasks.filter(({ change }) => change !== 'delete')).toHaveLength(maxTasks);
      expect(moved).toBeGreaterThan(0);
    }
    planning = false;
    await Promise.all(triggers);
    await runtime.runToEnd(name);

    const arrived = await arrivals(admin, name);
    expect(arrived.size).toBe(PARTITIONS);
    for (const ids of arrived.values()) {
      const firstCopies = [...new Set(ids)];
      expect(firstCopies).toEqual(Array.from({ length: total }, (_, id) => id));
    }
  });

  it('keeps the positions of partitions that stay and of those that move', async () => {
    const name = uniqueName('keeping');
    await admin.createTopic(name);
    await fillTopic(addresses, name, PARTITIONS, 50);
    const spec = kafkaToRocketmq(addresses, name, name, name, { maxTasks: 2 });
    await runtime.apply(spec);
    await runtime.runToEnd(name);
    await runtime.apply({ ...spec, maxTasks: 5 });
    await runtime.runToEnd(name);
    for (const ids of (await arrivals(admin, name)).values()) expect(ids).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  it('changes nothing and writes no task when nothing differs', async () => {
    const name = uniqueName('same');
    await admin.createTopic(name);
    await fillTopic(addresses, name, PARTITIONS, 1);
    const spec = kafkaToRocketmq(addresses, name, name, name, { maxTasks: 3 });
    await runtime.apply(spec);
    const before = await runtime.store.listTasks(name);
    const again = await runtime.apply(spec);
    expect(again).toMatchObject({ changed: false, moved: 0 });
    expect(await runtime.store.listTasks(name)).toEqual(before);
  });
});
