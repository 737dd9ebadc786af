import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { arrivals } from '../../support/copy-check.ts';
import { type AwaitPoint, describePoint } from '../../support/crash/interrupting.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import { uniqueName } from '../../support/names.ts';
import { appendTo, fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 6;
const FIRST = 60;
const MORE = 40;
/** The time of each planner. */
const DEADLINE_MS = 60_000;
/** Of all cases together, on a busy machine. */
const LIMIT_MS = 900_000;

const after = (method: string, ...nths: number[]): AwaitPoint[] => nths.map((nth) => ({ method, when: 'after', nth }));

/**
 * These are all writes of an apply that changes two tasks and creates one. Before a write the table holds what it held after the write, or
 * the writes side by side, of the step before.
 */
const points: AwaitPoint[] = [
  { method: 'store.beginPlan', when: 'before', nth: 1 },
  ...after('store.beginPlan', 1),
  ...after('store.fence', 1, 2),
  ...after('store.stage', 1, 2, 3),
  ...after('store.flip', 1),
  ...after('store.promote', 1, 2, 3),
  ...after('schedules.sync', 1),
];

describe('a planner killed at any write of an apply', () => {
  let addresses: StackAddresses;
  let table: string;
  let runtime: TestRuntime;
  /** A runtime at a time when a planner that died has had its time. */
  let later: TestRuntime;
  let admin: RocketmqAdmin;
  let kafka: KafkaTopics;

  beforeAll(async () => {
    addresses = await stackAddresses();
    const opened = await openTestStore(addresses);
    table = opened.table;
    runtime = new TestRuntime(opened.store);
    later = new TestRuntime(createDynamodbStore({ table, endpoint: addresses.dynamodb, now: () => Date.now() + DEADLINE_MS }), DEADLINE_MS);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    kafka = new KafkaTopics(addresses.kafka);
  });
  afterAll(async () => {
    await runtime.close();
    await later.close();
    await kafka.close();
    admin.close();
  });

  sideBySide(
    points.map((at) => ({
      name: `killed ${describePoint(at)}: tasks go on by themselves, apply finishes it, nothing is lost and nothing repeated`,
      run: () => survives(at),
    })),
    LIMIT_MS,
  );

  async function survives(at: AwaitPoint): Promise<void> {
    const name = uniqueName('replan');
    await admin.createTopic(name, { queues: 4 });
    await fillTopic(addresses, name, PARTITIONS, FIRST);
    const spec = kafkaToRocketmq(addresses, name, name, name, { maxTasks: 2 });
    await runtime.apply(spec);
    await runtime.runToEnd(name);

    const killed = await runWorker({
      table,
      dynamodb: addresses.dynamodb,
      deadlineMs: DEADLINE_MS,
      at,
      work: { apply: { ...spec, maxTasks: 3 } },
    });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    await appendTo(kafka, name, PARTITIONS, MORE / 2);
    await runWhatIsInForce(name);
    expect(await counts(name)).toEqual(everyPartition(name, FIRST + MORE / 2));

    const plan = await later.apply({ ...spec, maxTasks: 3 });
    expect(plan.tasks.map(({ partitions }) => partitions.length)).toEqual([2, 2, 2]);
    const tasks = await later.store.listTasks(name);
    expect(tasks.flatMap(({ planned }) => planned?.taskConfig.partitions ?? []).sort()).toEqual(Object.keys(everyPartition(name, 0)));
    expect(tasks.every(({ staged }) => staged === undefined)).toBe(true);

    await appendTo(kafka, name, PARTITIONS, MORE / 2);
    await later.runToEnd(name);
    expect(await counts(name)).toEqual(everyPartition(name, FIRST + MORE));
    for (const ids of (await arrivals(admin, name)).values()) expect(ids).toEqual(ids.map((_, index) => index));
  }

  /** What schedules and messages do: every task that there may be, whatever plan it belongs to. */
  async function runWhatIsInForce(name: string): Promise<void> {
    for (const task of [0, 1, 2]) {
      const { outcome } = await later.run({ connector: name, task });
      expect(['ran', 'absent']).toContain(outcome);
    }
  }

  async function counts(name: string): Promise<Record<string, number>> {
    const byPartition = await arrivals(admin, name);
    return Object.fromEntries([...byPartition].map(([partition, ids]) => [partition, ids.length] as const).sort());
  }

  const everyPartition = (name: string, count: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: PARTITIONS }, (_, partition) => [`${name}-${partition}`, count]));
});
