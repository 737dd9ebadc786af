import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { ConnectError, type SourceTask, type SourceTaskContext } from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { specId } from '../../../src/store/spec-id.ts';
import type { FireOptions, TaskEvent } from '../../../src/triggers/trigger.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { uniqueName } from '../../support/names.ts';
import { fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { noTrigger, TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TimeLapse } from '../../support/time-lapse.ts';

const RECORDS = 300;

describe('what an invocation leaves for the next one', () => {
  let addresses: StackAddresses;
  let runtime: TestRuntime;
  let admin: RocketmqAdmin;
  let fired: Array<{ event: TaskEvent; delayMs: number }>;
  const trigger = {
    ...noTrigger,
    async fire(tasks: readonly TaskEvent[], { delayMs = 0 }: FireOptions = {}) {
      for (const event of tasks) fired.push({ event, delayMs });
    },
  };

  beforeAll(async () => {
    addresses = await stackAddresses();
    runtime = new TestRuntime((await openTestStore(addresses)).store);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });
  afterAll(async () => {
    await runtime.close();
    admin.close();
  });

  async function connector(overrides: Parameters<typeof kafkaToRocketmq>[4] = {}) {
    const name = uniqueName('next');
    fired = [];
    await admin.createTopic(name);
    await fillTopic(addresses, name, 2, RECORDS);
    const spec = kafkaToRocketmq(addresses, name, name, name, { maxTasks: 1, ...overrides });
    await runtime.apply(spec);
    return spec;
  }
  const batch = { maxRecords: 400, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 1e6, checkpointIntervalMs: 1_000 };
  const run = (event: TaskEvent, deps: Partial<TaskDeps> = {}) => {
    const invocation = { deadline: Date.now() + 120_000, owner: 'test', signal: new AbortController().signal };
    return runTask(event, { ...runtime.taskDeps, continuation: trigger, ...deps }, invocation);
  };

  /** A run that has read its first records and sends none before `go`. */
  async function runAtTheBrink(event: TaskEvent) {
    const go = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const loadRocketmq = async () => {
      reached.resolve();
      await go.promise;
      return runtime.taskDeps.loadRocketmq();
    };
    const running = run(event, { loadRocketmq });
    await reached.promise;
    return { running, go: () => go.resolve() };
  }

  it('asks for a continuation as long as backlog is left, and for none when caught up', async () => {
    const { name } = await connector({ batch });
    expect(await run({ connector: name, task: 0 })).toMatchObject({
      continued: true,
      summary: { outcome: 'limit', records: 400, lagRecords: 200, startedBy: 'schedule' },
    });
    expect(fired).toEqual([{ event: { connector: name, task: 0, hop: 1 }, delayMs: 0 }]);
    expect(await run(fired[0]?.event as TaskEvent)).toMatchObject({
      continued: false,
      summary: { outcome: 'caught-up', records: 200, lagRecords: 0, startedBy: 'continuation' },
    });
    expect(fired).toHaveLength(1);
  });

  it('costs two requests when there is nothing to copy, and keeps no run', async () => {
    const { name } = await connector();
    await runtime.runToEnd(name);
    const runs = await runtime.store.listRuns(name, 10);
    const idle = async () =>
      expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 0 } });
    expect(await fewestRequests(runtime.store, 2, idle)).toBe(2);
    expect(await runtime.store.listRuns(name, 10)).toEqual(runs);
  });

  it('loses no trigger that comes while it runs', async () => {
    const { name } = await connector({ batch: { ...batch, maxInFlightBytes: 10_000 } });
    const { running, go } = await runAtTheBrink({ connector: name, task: 0 });
    expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'busy', continued: true });
    go();
    expect((await running).continued).toBe(true);
    // The first message waits for the end of the lease, in case that the holder is dead.
    const event = { connector: name, task: 0, hop: 0 };
    expect(fired).toEqual([
      { event: { ...event, waitsFor: expect.any(Number) }, delayMs: expect.any(Number) },
      { event, delayMs: 0 },
    ]);
    expect(fired[0]?.delayMs).toBeGreaterThan(0);
  });

  it('comes back after its back-off when the source is away, and is failed after too many', async () => {
    const backoffMs = 200_000;
    const { system, ...spec } = await connector({ errors: { tolerance: 'fail', maxFailures: 2, backoffMs, maxBackoffMs: backoffMs } });
    const { name } = spec;
    const planned = { ...system, bootstrapServers: ['127.0.0.1:1'] };
    const until = Date.now() + 120_000;
    const generation = await runtime.store.beginPlan(name, { ...spec, system: planned });
    await runtime.store.fence({ connector: name, task: 0 }, generation, until);
    const taskConfig = { partitions: [`${name}-0`] };
    const staged = {
      generation,
      remove: false as const,
      planned: { taskClass: 'KafkaSourceTask', taskConfig, spec: specId({ ...spec, system: planned }) },
      positions: new Map(),
    };
    await runtime.store.stage({ connector: name, task: 0 }, staged, until);
    await runtime.store.flip(name, { generation, spec: { ...spec, system: planned }, tasks: 1, until });
    await runtime.store.promote({ connector: name, task: 0 }, generation);

    expect(await run({ connector: name, task: 0 })).toMatchObject({
      outcome: 'failed',
      continued: true,
      summary: { error: { code: 'UNREACHABLE' } },
    });
    expect(fired.at(-1)?.delayMs).toBeGreaterThan(backoffMs / 4);
    expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'not-before' });
    using lapse = new TimeLapse();
    lapse.pass(backoffMs);
    expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'failed', continued: false });
    expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'failed-before' });

    const planner = createPlanner({ ...runtime.plannerDeps, trigger });
    const resumed = await planner.handle({ action: 'resume', connector: name });
    expect(resumed).toMatchObject({ ok: true, result: { taskStatus: [{ state: 'IDLE' }] } });
  });

  it('waits on when a retry comes before its time, and is owed a start that can not be asked for', async () => {
    const { name } = await connector({ errors: { tolerance: 'fail', maxFailures: 9, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 } });
    const event = { connector: name, task: 0, hop: 3 };
    const failing = { loadRocketmq: () => Promise.reject(new ConnectError('UNREACHABLE', 'no broker', { retriable: true })) };
    expect(await run(event, failing)).toMatchObject({ outcome: 'failed', continued: true });
    expect(await run(event)).toMatchObject({ outcome: 'not-before', continued: true });
    expect(fired).toEqual([expect.objectContaining({ delayMs: 900_000 }), { event, delayMs: 900_000 }]);
    expect(await run({ connector: name, task: 0 })).toMatchObject({ outcome: 'not-before', continued: false });
    const unreachable = { ...trigger, fire: () => Promise.reject(new Error('SQS is away')) };
    expect(await run(event, { continuation: unreachable })).toMatchObject({ outcome: 'not-before', continued: false, owed: true });
  });

  it('fails, to come back later, when its time is over before anything was copied', async () => {
    const { name } = await connector({ batch: { ...batch, maxDurationMs: 300 } });
    const stuck = {
      KafkaSourceTask: async () => ({
        direction: 'source' as const,
        create: class implements SourceTask {
          readonly #signal: AbortSignal;
          constructor({ signal }: SourceTaskContext<never>) {
            this.#signal = signal;
          }
          async start() {}
          async poll(): Promise<never> {
            if (!this.#signal.aborted) await once(this.#signal, 'abort');
            throw new Error('aborted');
          }
          async stop() {}
        },
      }),
    };
    expect(await run({ connector: name, task: 0 }, { taskClasses: stuck })).toMatchObject({
      outcome: 'failed',
      continued: true,
      summary: { error: { code: 'TIMEOUT' } },
    });
  });

  it('is started again by the plan that interrupts it, with the tasks that take its partitions', async () => {
    const spec = await connector({ batch: { ...batch, maxInFlightBytes: 2_000, checkpointIntervalMs: 0 } });
    const { name } = spec;
    const { running, go } = await runAtTheBrink({ connector: name, task: 0 });
    const planner = createPlanner({ ...runtime.plannerDeps, trigger });
    await planner.handle({ action: 'apply', file: { ...spec, maxTasks: 2 } });
    go();
    expect((await running).outcome).toBe('lease-lost');
    expect(fired.map(({ event }) => event.task).sort()).toEqual([0, 1]);
    await runtime.runToEnd(name);
  });
});
