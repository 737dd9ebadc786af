import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PRICE_TABLE } from '../../../src/cost/prices.ts';
import { metricsText } from '../../../src/metrics/metrics-text.ts';
import type { MetricsResult, UsageResult } from '../../../src/runtime/planner-api.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { ConnectStore, Counters, RunSummary, TaskRef } from '../../../src/store/store.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { uniqueName } from '../../support/names.ts';
import { parseOpenmetrics } from '../../support/parse-openmetrics.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';
import { measured } from '../../unit/metrics/measured.ts';

const HOUR = 3_600_000;
const prices = PRICE_TABLE['us-east-1'];

describe('what tasks count, in the table', () => {
  let store: ConnectStore;
  let planner: FruitPlanner;
  beforeAll(async () => {
    ({ store } = await openTestStore(await stackAddresses()));
    planner = new FruitPlanner(store);
    planner.shows('apple', 'banana', 'cherry', 'date');
  });
  afterAll(() => store?.close());

  const ask = async <R>(request: Parameters<FruitPlanner['ask']>[0]): Promise<R> => (await planner.ask(request)) as unknown as R;
  const applied = async (): Promise<string> => {
    const name = uniqueName('fruit');
    await planner.apply(name);
    return name;
  };

  /** One run as the runtime stores it. */
  async function run(ref: TaskRef, endedAt: number, used: Partial<Counters> & Partial<RunSummary> = {}) {
    const { records = 0, durationMs = 200, writeUnits = 4, ...summary } = used;
    const taken = await store.acquire(ref, 'test', Date.now() + HOUR);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    const done: RunSummary = {
      startedAt: endedAt - durationMs,
      endedAt,
      outcome: 'caught-up',
      records,
      bytes: 0,
      deadLetters: 0,
      ...summary,
    };
    const counted = { invocations: 1, records, bytes: 10 * records, deadLetters: 0, dynamodbRequests: 2, durationMs, writeUnits };
    await store.release(taken.lease, { positions: new Map(), summary: done, counted, ...(records > 0 && { lastRecordAt: endedAt }) });
    const { counters: total } = (await store.listTasks(ref.connector)).find(({ task }) => task === ref.task) ?? {};
    if (records > 0) await store.putRun(ref, { ...done, usage: counted, ...(total && { total }) });
  }

  it('is metrics of each task, also of one that is paused or never ran, which Prometheus reads', async () => {
    const name = await applied();
    const now = Date.now();
    await run({ connector: name, task: 0 }, now - 60_000, { records: 7, memoryMb: 512 });
    await run({ connector: name, task: 0 }, now - 30_000);
    await store.setPaused({ connector: name, task: 1 }, true);
    const read = () => ask<MetricsResult>({ action: 'metrics', from: name });
    const { connectors } = await read();
    // One for the connectors, one for each of them: others may have come by other tests.
    const most = 1 + connectors.length;
    expect(await fewestRequests(store, most, read)).toBeLessThanOrEqual(most);
    const families = await parseOpenmetrics(metricsText(connectors, { now, ...(prices && { prices }) }));
    const samples = families.flatMap((family) => family.samples).filter(({ labels }) => labels.connector === name);
    const valuesOf = (metric: string) =>
      samples.filter((sample) => sample.name === `rocketmq_connect_task_${metric}`).map(({ value }) => value);
    expect(valuesOf('records_total')).toEqual([7, 0, 0, 0]);
    expect(valuesOf('invocations_total')).toEqual([2, 0, 0, 0]);
    expect(valuesOf('duration_seconds_total')).toEqual([0.4, 0, 0, 0]);
    expect(valuesOf('last_record_age_seconds')).toEqual([60]);
    expect(valuesOf('last_run_age_seconds')[0]).toBe(30);
    const states = samples.filter(({ name, value }) => name === 'rocketmq_connect_task_state' && value === 1);
    expect(states.map(({ labels }) => labels.state)).toEqual(['IDLE', 'PAUSED', 'IDLE', 'IDLE']);
    await ask({ action: 'delete', connector: name });
  });

  it('costs a query for each connector and none for its tasks', async () => {
    const name = await applied();
    const all = (await store.listConnectors()).length;
    const read = async () => {
      const { connectors } = await ask<MetricsResult>({ action: 'metrics' });
      expect(connectors.find((connector) => connector.name === name)?.taskMetrics).toHaveLength(4);
    };
    expect(await fewestRequests(store, 1 + all, read)).toBe(1 + all);
    await ask({ action: 'delete', connector: name });
  });

  it('is what was used since a time, with runs that left no item', async () => {
    const name = await applied();
    const now = Date.now();
    for (const [hoursAgo, records] of [
      [10, 1_000],
      [8, 0],
      [6, 0],
      [4, 500],
      [2, 0],
      [0, 0],
    ] as const) {
      await run({ connector: name, task: 2 }, now - hoursAgo * HOUR, records > 0 ? { records, durationMs: 5_000, writeUnits: 5 } : {});
    }
    const usage = async (hours: number) => (await ask<UsageResult>({ action: 'usage', connector: name, since: now - hours * HOUR })).usage;
    expect(await usage(24)).toMatchObject({ invocations: 6, records: 1_500, durationMs: 10_800, writeUnits: 26 });
    const half = await usage(5);
    expect(half.records).toBe(500);
    expect(half.invocations).toBeGreaterThanOrEqual(3);
    expect(half.invocations).toBeLessThan(4);
    expect((await usage(3)).records).toBe(0);
    await ask({ action: 'delete', connector: name });
  });

  it('has units as DynamoDB counts them: of a write one for each KB of the item', async () => {
    const name = await applied();
    const ref = { connector: name, task: 0 };
    const { writeUnits, readUnits } = store.consumed;
    await run(ref, Date.now());
    const [written, read] = [store.consumed.writeUnits - writeUnits, store.consumed.readUnits - readUnits];
    expect(written).toBe(2 * store.consumed.lastWriteUnits);
    expect(store.consumed.lastWriteUnits).toBeGreaterThanOrEqual(1);
    expect(read).toBeGreaterThan(0);
    await ask({ action: 'delete', connector: name });
  });

  it('is counted by a run itself, in the writes that it makes anyhow, and its item has what the task had counted then', async () => {
    const name = await applied();
    const runtime = new TestRuntime(store);
    const invocation = { deadline: Date.now() + HOUR, owner: 'test', signal: new AbortController().signal };
    const ref = { connector: name, task: 3 };
    for (const begunAt of [Date.now() - 5_000, Date.now()]) {
      const { writeUnits } = store.consumed;
      // Nothing has the class of the task, so the run fails.
      const { outcome, summary } = await runTask(ref, { ...runtime.taskDeps, taskClasses: {} }, { ...invocation, begunAt, memoryMb: 256 });
      expect([outcome, summary?.memoryMb]).toEqual(['failed', 256]);
      const item = (await store.listTasks(name)).find(({ task }) => task === ref.task);
      const [run] = await store.listRuns(name, 1);
      expect(run).toMatchObject({ task: 3, memoryMb: 256, total: item?.counters, usage: { invocations: 1, failures: 1 } });
      // The release adds the failure to the item, which may pass a KB by it.
      expect(Math.abs((run?.usage?.writeUnits ?? 0) - (store.consumed.writeUnits - writeUnits))).toBeLessThanOrEqual(1);
      expect(run?.usage?.durationMs).toBeGreaterThanOrEqual(Date.now() - begunAt > 5_000 ? 5_000 : 0);
      expect(item).toMatchObject({ countedSince: expect.any(Number) });
      await store.clearFailure(ref);
    }
    expect((await store.listTasks(name)).find(({ task }) => task === ref.task)?.counters).toMatchObject({ invocations: 2, failures: 2 });
    await ask({ action: 'delete', connector: name });
    await runtime.clients.close();
  });

  it('is OpenMetrics to Prometheus, whatever names and values there are, by our names and by those of Kafka Connect', async () => {
    for (const connectors of fc.sample(measured, { numRuns: 3, seed: 7 })) {
      for (const names of ['own', 'kafka'] as const) {
        const text = metricsText(connectors, { names, ...(prices && { prices }) });
        const families = await parseOpenmetrics(text);
        const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        expect(families.flatMap((family) => family.samples)).toHaveLength(samples.length);
        if (names === 'own') {
          const info = families.find(({ type }) => type === 'info')?.samples ?? [];
          expect(info.map(({ labels }) => labels.topic)).toEqual(connectors.map(({ topic = '' }) => topic));
        }
      }
    }
  });
});
