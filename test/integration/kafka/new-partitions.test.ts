import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerRequest, PlanResult } from '../../../src/runtime/planner-api.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { uniqueName } from '../../support/names.ts';
import { kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { TimeLapse } from '../../support/time-lapse.ts';
import { KafkaLab, type Options } from './kafka-lab.ts';

const acknowledging = {
  recordToMessage,
  openProducer: async () => ({ queues: 1, problem: () => undefined, send: async () => {}, close: async () => {} }),
};

describe('partitions and topics that come after a plan', () => {
  let lab: KafkaLab;
  let runtime: TestRuntime;
  const time = new TimeLapse();
  beforeAll(async () => {
    lab = await KafkaLab.open();
    runtime = new TestRuntime((await openTestStore(lab.addresses)).store);
  });
  afterAll(async () => {
    time[Symbol.dispose]();
    await runtime?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  /** By a producer that knows of the partition: one that is older would write to another. */
  async function produceTo(topic: string, partition: number, count: number): Promise<void> {
    const topics = new KafkaTopics(lab.addresses.kafka);
    try {
      const values = Array.from({ length: count }, (_, index) => Buffer.from(`${index}`));
      await topics.produce(
        topic,
        values.map((value) => ({ partition, key: null, value })),
      );
    } finally {
      await topics.close();
    }
  }

  /** Two tasks; RocketMQ is not what this is about. */
  async function connector(options: Options) {
    const spec = kafkaToRocketmq(lab.addresses, uniqueName('later'), 'any', 'nowhere', { maxTasks: 2 });
    const file = { ...spec, system: lab.config(options) as ConnectorSpec['system'] };
    const planner = createPlanner({ ...runtime.plannerDeps, checkTopic: async () => [] });
    const ask = async (request: PlannerRequest): Promise<PlanResult> => {
      const answer = await planner.handle(request);
      if (!answer.ok) throw Object.assign(new Error(answer.error.message), answer.error);
      return answer.result as PlanResult;
    };
    await ask({ action: 'apply', file });
    const run = async (task: number) => {
      const deps = { ...runtime.taskDeps, loadRocketmq: async () => acknowledging };
      const invocation = { deadline: Date.now() + 30_000, owner: 'test', signal: new AbortController().signal };
      return (await runTask({ connector: spec.name, task }, deps, invocation)).summary;
    };
    /** As a schedule of the planner sends it. */
    const replan = () => ask({ action: 'replan', connector: spec.name });
    const positions = async () => Object.fromEntries((await runtime.store.listTasks(spec.name)).flatMap((item) => [...item.positions]));
    return { run, replan, positions };
  }

  it('are told by a run, and taken in from their beginning by a plan that nobody watches, which leaves other tasks alone', async () => {
    const topic = await lab.topic(2, 10);
    const { run, replan, positions } = await connector({ topics: [topic], startAt: 'latest' });
    for (const task of [0, 1]) await run(task);
    await lab.topics.addPartitions(topic, 3);
    // A process that stays warm remembers topics for half a minute.
    time.pass(31_000);
    await produceTo(topic, 2, 3);
    const told = [await run(0), await run(1)].flatMap((summary) => summary?.notices ?? []);
    expect(told).toEqual([expect.stringContaining(`no task reads partition 2 of topic ${topic}`)]);

    const plan = await replan();
    expect(plan.tasks.map(({ change, gained }) => [change, gained])).toContainEqual(['change', [`${topic}-2`]]);
    expect(plan.moved).toBe(0);
    const copied = [await run(0), await run(1)];
    expect(copied.reduce((sum, summary) => sum + (summary?.records ?? 0), 0)).toBe(3);
    expect(copied.flatMap((summary) => summary?.notices ?? [])).toEqual([]);
    expect(await positions()).toEqual({ [`${topic}-0`]: '5', [`${topic}-1`]: '5', [`${topic}-2`]: '3' });
    expect((await replan()).changed).toBe(false);
  });

  it('are told and taken in likewise where a pattern selects them', async () => {
    const first = await lab.topic(1, 4);
    const prefix = first.slice(0, -4);
    const { run, replan, positions } = await connector({ topicsPattern: `${prefix.replaceAll('.', '\\.')}.*`, startAt: 'latest' });
    await run(0);
    const second = `${prefix}-second`;
    await lab.topics.create(second, 1);
    try {
      await lab.topics.produce(second, [{ partition: 0, key: null, value: Buffer.from('x') }]);
      expect((await run(0))?.notices).toEqual([expect.stringContaining('selects other topics')]);
      await replan();
      for (const task of [0, 1]) await run(task);
      expect(await positions()).toMatchObject({ [`${first}-0`]: '4', [`${second}-0`]: '1' });
    } finally {
      await lab.topics.delete(second);
    }
  });
});
