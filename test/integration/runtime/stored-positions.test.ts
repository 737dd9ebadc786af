import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector, ConnectorType, Position, SourceRecord, SourceTask, TaskClass } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import type { RocketmqModule } from '../../../src/rocketmq/types.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';

const RECORDS = 200;

/** A source of records one by one that keeps what is reported to it of stored positions. */
function listener(notices: readonly string[] = []) {
  const reported: number[] = [];
  const connector: Connector = {
    taskClass: 'Listener',
    check: async () => [],
    taskConfigs: async () => [{ partitions: ['p'] }],
    stop: async () => {},
  };
  class Listener implements SourceTask {
    #next = 0;
    async start() {}
    async poll() {
      const id = this.#next;
      this.#next += 1;
      const record: SourceRecord = { partition: 'p', id: `${id}`, position: `${id + 1}`, key: null, value: Buffer.from('v'), headers: [] };
      return { records: id < RECORDS ? [record] : [], caughtUp: id >= RECORDS };
    }
    async stored(positions: ReadonlyMap<string, Position>) {
      reported.push(Number(positions.get('p')));
      return notices;
    }
    async stop() {}
  }
  const config = { safeParse: (data: unknown) => ({ success: true, data }) };
  return {
    reported,
    connectorTypes: { listener: async () => ({ create: () => connector, direction: 'source', config }) as unknown as ConnectorType },
    taskClasses: { Listener: async () => ({ direction: 'source', create: Listener }) as unknown as TaskClass },
    checkTopic: async () => [],
  };
}

/** A RocketMQ that acknowledges at once. */
const rocketmq: RocketmqModule = {
  recordToMessage,
  openProducer: async () => ({ queues: 1, problem: () => undefined, send: async () => {}, close: async () => {} }),
};

describe('a source that wants to know stored positions', () => {
  let store: ConnectStore;
  let runtime: TestRuntime;
  beforeAll(async () => {
    store = (await openTestStore(await stackAddresses())).store;
    runtime = new TestRuntime(store);
  });
  afterAll(() => runtime.close());

  /** Runs the task once. `checkpoint` takes the place of the store's own. */
  async function runOnce(parts: ReturnType<typeof listener>, checkpoint: ConnectStore['checkpoint'] = store.checkpoint.bind(store)) {
    const file = connectorSpec({
      name: uniqueName('stored'),
      type: 'listener',
      batch: { ...connectorSpec().batch, checkpointIntervalMs: 1 },
    });
    await createPlanner({ ...runtime.plannerDeps, ...parts }).handle({ action: 'apply', file });
    const watched = new Proxy(store, {
      get: (target, name) => {
        if (name === 'checkpoint') return checkpoint;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const deps = { ...runtime.taskDeps, ...parts, store: watched, loadRocketmq: async () => rocketmq };
    const invocation = { deadline: Date.now() + 120_000, owner: 'test', signal: new AbortController().signal };
    const run = () => runTask({ connector: file.name, task: 0 }, deps, invocation);
    return { first: await run(), run };
  }

  it('learns of no more than is stored, of all of it at the end, and of the same when the next run starts', async () => {
    const parts = listener();
    const stored: number[] = [];
    const { run } = await runOnce(parts, async (lease, positions) => {
      const writing = store.checkpoint(lease, positions);
      stored.push(Number(positions.get('p')));
      await writing;
      // What is reported by now is at most what an earlier write holds.
      expect(Math.max(0, ...parts.reported)).toBeLessThanOrEqual(Math.max(0, ...stored.slice(0, -1)));
    });
    expect(stored.length).toBeGreaterThan(2);
    expect(parts.reported.at(-1)).toBe(RECORDS);
    expect(parts.reported).toEqual(parts.reported.toSorted((a, b) => a - b));
    parts.reported.length = 0;
    await run();
    expect(parts.reported[0]).toBe(RECORDS);
  });

  it('gets no report where the write failed', async () => {
    const parts = listener();
    await runOnce(parts, () => Promise.reject(new Error('no table')));
    expect(parts.reported).toEqual([]);
  });

  it('says in the summary of a run what a person should know', async () => {
    const { first } = await runOnce(listener(['the group is taken']));
    expect(first.summary?.notices).toEqual(['the group is taken']);
  });
});
