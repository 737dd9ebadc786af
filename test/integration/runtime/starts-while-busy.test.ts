import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceTask } from '../../../src/api/index.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { Lease, TaskRef } from '../../../src/store/store.ts';
import type { FireOptions, TaskEvent } from '../../../src/triggers/trigger.ts';
import { result } from '../../contract/store/store-under-test.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore, plan } from '../../support/pipeline.ts';
import { noTrigger, TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TimeLapse } from '../../support/time-lapse.ts';

const MINUTE_MS = 60_000;
const RUNS = 5;

/** A source that has nothing. */
const empty = {
  KafkaSourceTask: async () => ({
    direction: 'source' as const,
    create: class implements SourceTask {
      async start() {}
      async poll() {
        return { records: [], caughtUp: true };
      }
      async stop() {}
    },
  }),
};

describe('a start that finds its task busy', () => {
  let runtime: TestRuntime;
  /** What waits in the queue. */
  let waiting: Array<{ readonly event: TaskEvent; readonly delayMs: number }> = [];
  const continuation = {
    ...noTrigger,
    async fire(tasks: readonly TaskEvent[], { delayMs = 0 }: FireOptions = {}) {
      for (const event of tasks) waiting.push({ event, delayMs });
    },
  };

  beforeAll(async () => {
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  });
  afterAll(() => runtime.close());

  async function newTask(): Promise<TaskRef> {
    const name = uniqueName('busy');
    waiting = [];
    await plan(runtime.store, connectorSpec({ name }), [['orders-0']]);
    return { connector: name, task: 0 };
  }

  const start = (event: TaskEvent, repeated = false) => {
    const invocation = { deadline: Date.now() + 120_000, owner: 'start', repeated, signal: new AbortController().signal };
    return runTask(event, { ...runtime.taskDeps, continuation, taskClasses: empty }, invocation);
  };

  /** Delivers all that waits. */
  async function wake(): Promise<void> {
    const due = waiting;
    waiting = [];
    for (const { event } of due) await start(event);
  }

  async function held(ref: TaskRef, forMs: number): Promise<Lease> {
    const taken = await runtime.store.acquire(ref, 'run', Date.now() + forMs);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    return taken.lease;
  }

  it('waits for the end of the lease where it is the first, so that messages do not pile up with the runs of a backlog', async () => {
    const ref = await newTask();
    for (let run = 0; run < RUNS; run += 1) {
      const lease = await held(ref, MINUTE_MS);
      await start(ref);
      await wake();
      await start({ ...ref, hop: 3 });
      await start(ref);
      expect(waiting).toHaveLength(1);
      expect((await runtime.store.release(lease, result())).rerun).toBe(true);
    }
  });

  it('is served when the run that it found has died', async () => {
    const ref = await newTask();
    const { until } = await held(ref, MINUTE_MS);
    expect(await start(ref)).toMatchObject({ outcome: 'busy', continued: true });
    using lapse = new TimeLapse();
    lapse.pass(until + 1 - Date.now());
    expect(await start(waiting[0]?.event as TaskEvent)).toMatchObject({ outcome: 'ran' });
  });

  it('waits on for the same run where one message can not wait as long, and for no other that someone waits for', async () => {
    const ref = await newTask();
    const lease = await held(ref, 30 * MINUTE_MS);
    await start(ref);
    for (let quarter = 0; quarter < 2; quarter += 1) {
      expect(waiting).toEqual([{ event: { ...ref, hop: 0, waitsFor: lease.epoch }, delayMs: 15 * MINUTE_MS }]);
      await wake();
    }
    const [waits] = waiting;
    await runtime.store.release(lease, result());
    await held(ref, MINUTE_MS);
    expect(await start(ref)).toMatchObject({ continued: true });
    expect(await start(waits?.event as TaskEvent)).toMatchObject({ outcome: 'busy', continued: false });
  });

  it('waits where it comes again: who got it before may have died before anybody waited', async () => {
    const ref = await newTask();
    const { until } = await held(ref, MINUTE_MS);
    await runtime.store.acquire(ref, 'died', until);
    expect(await start(ref)).toMatchObject({ continued: false });
    expect(await start(ref, true)).toMatchObject({ continued: true });
  });

  it('waits on for a plan that holds the task, also where another does', async () => {
    const ref = await newTask();
    const generation = await runtime.store.beginPlan(ref.connector, connectorSpec({ name: ref.connector }));
    await runtime.store.fence(ref, generation, Date.now() + MINUTE_MS);
    expect(await start(ref)).toMatchObject({ outcome: 'busy', continued: true });
    expect(await start({ ...ref, hop: 1 })).toMatchObject({ outcome: 'busy', continued: true });
  });
});
