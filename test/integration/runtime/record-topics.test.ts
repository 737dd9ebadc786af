import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector, ConnectorType, SourceRecord, SourceTask, TaskClass } from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from '../rocketmq/topics.ts';

/** The tables, whose rows go to topics of their own, in turn. */
function tables(topics: readonly string[]) {
  const records = Array.from({ length: 30 }, (_, id): SourceRecord => {
    const topic = topics[id % topics.length] as string;
    return { partition: 'p', id: String(id), position: String(id + 1), key: null, value: Buffer.from(`v${id}`), headers: [], topic };
  });
  const connector: Connector = {
    taskClass: 'TablesTask',
    check: async () => [],
    topics: async () => ({ names: topics, option: 'source.topicTemplate' }),
    taskConfigs: async () => [{ partitions: ['p'] }],
    stop: async () => {},
  };
  const task: SourceTask = { start: async () => {}, poll: async () => ({ records, caughtUp: true }), stop: async () => {} };
  const create = function Task() {
    return task;
  } as unknown as (TaskClass & { direction: 'source' })['create'];
  return {
    connectorTypes: {
      'tables-source': async () => ({ create: () => connector, direction: 'source', config: anything }) as unknown as ConnectorType,
    },
    taskClasses: { TablesTask: async (): Promise<TaskClass> => ({ direction: 'source', create }) },
  };
}

const anything = { safeParse: (data: unknown) => ({ success: true, data }) };

describe('records that name their topics', () => {
  let topics: Topics;
  let runtime: TestRuntime;
  beforeAll(async () => {
    topics = await Topics.open();
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  });
  afterAll(async () => {
    await runtime.close();
    await topics[Symbol.asyncDispose]();
  });

  const spec = (topic: string) => ({
    ...connectorSpec({ name: uniqueName('tables'), type: 'tables-source', maxTasks: 1 }),
    rocketmq: topics.config(topic),
  });

  it('are each sent to their own, in order', async () => {
    const [fallback, ...own] = [await topics.create(), await topics.create(), await topics.create()];
    const parts = tables(own);
    const applied = spec(fallback);
    const planned = await createPlanner({ ...runtime.plannerDeps, ...parts }).handle({ action: 'apply', file: applied });
    expect(planned).toMatchObject({ ok: true });
    const invocation = { deadline: Date.now() + 120_000, owner: 'test', signal: new AbortController().signal };
    const outcome = await runTask({ connector: applied.name, task: 0 }, { ...runtime.taskDeps, ...parts }, invocation);
    expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 30 } });
    for (const [index, topic] of own.entries()) {
      const arrived = (await topics.admin.readTopic(topic)).flat().map(({ body }) => body.toString());
      expect(arrived).toEqual(Array.from({ length: 15 }, (_, turn) => `v${2 * turn + index}`));
    }
    expect((await topics.admin.readTopic(fallback)).flat()).toEqual([]);
  });

  it('end a plan that finds one of the topics missing, with the option that names it', async () => {
    const parts = tables([await topics.create(), 'no-such-topic']);
    const file = spec(await topics.create());
    const planned = await createPlanner({ ...runtime.plannerDeps, ...parts }).handle({ action: 'apply', file });
    expect(planned).toMatchObject({ ok: false, error: { code: 'NOT_FOUND', findings: [{ option: 'source.topicTemplate' }] } });
  });
});
