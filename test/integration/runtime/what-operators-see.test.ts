import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConnectError, silentLogger } from '../../../src/api/index.ts';
import { renderStatus } from '../../../src/cli/render/status.ts';
import type { ConnectorSummary, StatusResult } from '../../../src/runtime/planner-api.ts';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import { failureAfter } from '../../../src/runtime/run/failure.ts';
import { finishRun } from '../../../src/runtime/run/finish-run.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, RunSummary } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec } from '../../support/specs.ts';
import { TimeLapse } from '../../support/time-lapse.ts';

// DynamoDB Local is slow where other tests share the cores.
jest.setTimeout(900_000);

const MINUTE = 60_000;

describe('what operators see', () => {
  let table: TestTable;
  let store: ConnectStore;
  let planner: FruitPlanner;
  let name: string;
  let time: TimeLapse;
  beforeAll(async () => {
    table = await createTestTable();
    store = createDynamodbStore({ ...table.options, now: () => Date.now() });
  });
  afterAll(async () => {
    store?.close();
    await table?.drop();
  });
  beforeEach(async () => {
    planner = new FruitPlanner(store);
    planner.shows('apple', 'pear', 'plum');
    name = uniqueName('fruit');
    time = new TimeLapse();
    await planner.apply(name, { maxTasks: 3, trigger: { timeZone: 'UTC', schedule: 'rate(5 minutes)' } });
  });
  afterEach(() => time[Symbol.dispose]());

  const status = () => planner.ask<StatusResult>({ action: 'status', connector: name });
  const listed = async () => (await planner.ask<ConnectorSummary[]>({ action: 'list' })).find((each) => each.name === name);
  const shown = async () => renderStatus(await status(), Date.now(), { local: false });

  /** Has a run of a task end now, with what a copier reports. */
  async function ran(task: number, done: Partial<RunSummary>, error?: ConnectError): Promise<void> {
    const acquired = await store.acquire({ connector: name, task }, 'test', Date.now() + MINUTE);
    if (acquired.outcome !== 'acquired') throw new Error(acquired.outcome);
    const now = Date.now();
    const summary: RunSummary = { startedAt: now, endedAt: now, outcome: 'caught-up', records: 0, bytes: 0, deadLetters: 0, ...done };
    const failure = error && failureAfter(error, acquired.item.failure, false, connectorSpec().errors, now);
    const report = { summary, positions: new Map(), skipped: new Set<string>(), standing: [], ...(failure && { failure }) };
    const run = { at: now, requests: store.requests, consumed: store.consumed, startedBy: 'schedule' } as const;
    await finishRun({ ...acquired, spec: connectorSpec() }, report, run, { store, logger: silentLogger } as unknown as TaskDeps);
  }

  it('a failed task makes its connector DEGRADED in list and status, with code and remedy', async () => {
    await ran(1, { outcome: 'failed' }, new ConnectError('FORBIDDEN', 'no right to read pear', { remedy: 'grant it' }));
    const reason = 'task 1 is FAILED: FORBIDDEN: no right to read pear; grant it';
    expect(await listed()).toMatchObject({ state: 'DEGRADED', reason });
    expect(await status()).toMatchObject({ state: 'DEGRADED', reason });
    expect(await shown()).toContain(`  ${reason}\n`);
    for (const task of [0, 2]) await ran(task, { outcome: 'failed' }, new ConnectError('FORBIDDEN', 'no right'));
    expect(await listed()).toMatchObject({ state: 'FAILED' });
  });

  it('data is as old as what is left to copy, against the time between two starts or the freshness', async () => {
    expect(await listed()).toMatchObject({ ageMs: 0, targetMs: 5 * MINUTE });
    await ran(0, { outcome: 'limit', records: 7, lagRecords: 3 });
    time.pass(3 * MINUTE);
    await ran(1, {});
    await ran(0, { outcome: 'failed' }, new ConnectError('UNREACHABLE', 'no broker', { retriable: true }));
    time.pass(2 * MINUTE);
    const { ageMs = 0 } = await status();
    expect(ageMs).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(ageMs).toBeLessThan(6 * MINUTE);
    expect(await shown()).toMatch(/, data up to 5 min \d+ s old\n/);
    await ran(0, { outcome: 'quiet' });
    expect(await listed()).toMatchObject({ ageMs: 0 });
    await planner.apply(name, { maxTasks: 3, trigger: { timeZone: 'UTC', freshness: '2 minutes' } });
    expect(await listed()).toMatchObject({ ageMs: 0, targetMs: 2 * MINUTE, freshnessMs: 2 * MINUTE, idleMs: 60 * MINUTE });
    await ran(2, { stopped: [{ partition: 'plum', code: 'RECORD_REFUSED', message: 'sour', retriable: false }] });
    time.pass(MINUTE);
    expect((await status()).ageMs).toBeGreaterThanOrEqual(MINUTE);
    await planner.ask({ action: 'pause', connector: name });
    expect(await status()).not.toHaveProperty('ageMs');
  });

  it('a failure that another try may mend has its number and the time of the next try; a fatal one waits for resume', async () => {
    for (let count = 1; count <= 2; count += 1) {
      await ran(0, { outcome: 'failed' }, new ConnectError('UNREACHABLE', 'no broker', { retriable: true }));
      time.pass(MINUTE);
    }
    expect((await status()).taskStatus[0]).toMatchObject({ state: 'RETRYING', failure: { count: 2, fatal: false } });
    time.pass(-MINUTE);
    expect(await shown()).toMatch(/2 in a row, retries in [\d.]+ (s|ms), or at once by `run`/);
    expect(await store.acquire({ connector: name, task: 0 }, 'test', Date.now() + MINUTE)).toMatchObject({ outcome: 'not-before' });
    time.pass(MINUTE);
    await ran(0, {});
    expect(await listed()).toMatchObject({ state: 'RUNNING' });

    await ran(0, { outcome: 'failed' }, new ConnectError('FORBIDDEN', 'no right'));
    time.pass(60 * MINUTE);
    expect(await shown()).toContain(`1 in a row, waits for \`resume ${name}\``);
    expect(await store.acquire({ connector: name, task: 0 }, 'test', Date.now() + MINUTE)).toMatchObject({ outcome: 'failed' });
    await planner.ask({ action: 'resume', connector: name });
    await ran(0, {});
  });

  it('a backlog of which nothing is copied makes the connector STALLED, with task, time and lag, until something is', async () => {
    await ran(0, { records: 10, lagRecords: 0 });
    await ran(1, { records: 10, lagRecords: 1_234, outcome: 'limit' });
    const since = (await store.listTasks(name))[1]?.lastRun?.endedAt as number;
    time.pass(9 * MINUTE);
    await ran(1, { records: 0, lagRecords: 1_234, outcome: 'deadline' });
    expect(await listed()).toMatchObject({ state: 'RUNNING' });
    time.pass(MINUTE);
    const reason = `task 1 has copied nothing since ${new Date(since).toISOString()}, and 1234 records are left`;
    expect(await listed()).toMatchObject({ state: 'STALLED', reason });
    const now = await status();
    expect(now).toMatchObject({ state: 'STALLED', reason });
    expect(now.taskStatus.map(({ stalledSince }) => stalledSince)).toEqual([undefined, since, undefined]);

    await planner.ask({ action: 'pause', connector: name });
    expect(await listed()).toMatchObject({ state: 'PAUSED' });
    await planner.ask({ action: 'resume', connector: name });
    expect(await listed()).toMatchObject({ state: 'RUNNING' });
    time.pass(10 * MINUTE);
    expect(await listed()).toMatchObject({ state: 'STALLED' });
    await ran(1, { records: 1, lagRecords: 1_233, outcome: 'limit' });
    expect(await listed()).toMatchObject({ state: 'RUNNING' });
  });

  it('a run that makes checkpoints is not stalled, however long it takes', async () => {
    await ran(0, { records: 10, lagRecords: 1_000, outcome: 'limit' });
    const acquired = await store.acquire({ connector: name, task: 0 }, 'test', Date.now() + 60 * MINUTE);
    if (acquired.outcome !== 'acquired') throw new Error(acquired.outcome);
    for (let offset = 1; offset < 4; offset += 1) {
      time.pass(9 * MINUTE);
      await store.checkpoint(acquired.lease, new Map([['apple', String(offset)]]));
      expect(await listed()).toMatchObject({ state: 'RUNNING' });
    }
    time.pass(10 * MINUTE);
    expect(await listed()).toMatchObject({ state: 'STALLED' });
  });

  it('a connector that is caught up and quiet has lag 0, and the age of its last record apart', async () => {
    await ran(0, { records: 10, lagRecords: 0 });
    for (let minutes = 0; minutes < 60; minutes += 20) {
      time.pass(20 * MINUTE);
      await ran(0, { records: 0, lagRecords: 0 });
    }
    time.pass(10 * MINUTE);
    expect(await listed()).toMatchObject({ state: 'RUNNING' });
    expect(await shown()).toMatch(/^0 +IDLE +apple - +0 +1 h 10 min ago +10 min 0 s ago: caught-up, 0 in/m);
  });

  it('a resume that died half-way leaves its connector DEGRADED, until it is repeated', async () => {
    await planner.ask({ action: 'pause', connector: name });
    await store.setDesired(name, 'RUNNING');
    await store.setPaused({ connector: name, task: 0 }, false);
    expect(await listed()).toMatchObject({ state: 'DEGRADED', reason: expect.stringContaining('task 1 is still PAUSED') });
    await planner.ask({ action: 'resume', connector: name });
    expect(await listed()).toMatchObject({ state: 'RUNNING' });
  });

  it('a pause, a stop and a resume may be repeated', async () => {
    for (const [action, desired] of [
      ['pause', 'PAUSED'],
      ['stop', 'STOPPED'],
      ['resume', 'RUNNING'],
    ] as const) {
      const first = await planner.ask<StatusResult>({ action, connector: name });
      expect(first).toMatchObject({ desired, state: desired });
      expect(await planner.ask<StatusResult>({ action, connector: name })).toEqual(first);
    }
  });
});
