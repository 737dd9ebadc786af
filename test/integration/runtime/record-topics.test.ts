import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceRecord } from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { logSource } from '../../support/log-source.ts';
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
  return logSource({ records, topics: async () => ({ names: topics, option: 'source.topicTemplate' }) });
}

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
    ...connectorSpec({ name: uniqueName('tables'), type: 'log-source', maxTasks: 1 }),
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
