import { describe, expect, it } from '@jest/globals';
import { auditTasks } from '../../../functions/audit.ts';
import type { ConnectorItem, ConnectStore, Failure, TaskItem } from '../../../src/store/store.ts';
import { FruitWatch } from '../../support/fruit-watch.ts';
import { connectorSpec, idleTask, plannedTask } from '../../support/specs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2030-06-01T12:00:00Z');
const RAN = { outcome: 'caught-up', records: 0, bytes: 0, deadLetters: 0 } as const;

const fruit = (trigger: ConnectorItem['spec']['trigger']) => connectorSpec({ type: 'fruit-source', trigger });

const task = (overrides: Partial<TaskItem> = {}): TaskItem => idleTask({ planned: plannedTask(['apple']), ...overrides });

const connector = (schedule: string | undefined, overrides: Partial<ConnectorItem> = {}): ConnectorItem => ({
  name: 'orders',
  spec: fruit({ timeZone: 'UTC', ...(schedule === undefined ? {} : { schedule }) }),
  desired: 'RUNNING',
  generation: 1,
  lastGeneration: 1,
  tasks: 1,
  plannedAt: NOW - 100 * HOUR,
  ...overrides,
});

const ranAt = (endedAt: number) => ({ lastRun: { startedAt: endedAt, endedAt, ...RAN } });

const failure = (overrides: Partial<Failure>): Failure => ({
  code: 'UNREACHABLE',
  message: 'no answer',
  count: 1,
  at: NOW - HOUR,
  notBefore: NOW - HOUR,
  fatal: false,
  ...overrides,
});

/** What one audit finds. `waiting` is what the one before noted, and what this one notes. */
async function auditNoting(item: ConnectorItem, tasks: readonly TaskItem[], { at = NOW, isPending = true } = {}) {
  const watch = new FruitWatch();
  watch.isPending = () => isPending;
  let waiting = item.waiting ?? {};
  const store = {
    listConnectors: async () => [item],
    listTasks: async () => [...tasks],
    noteWaiting: async (_: string, noted: typeof waiting) => {
      waiting = noted;
    },
  };
  const deps = { ...watch.deps(store as unknown as ConnectStore), store };
  const found = await auditTasks(deps, at, new AbortController().signal);
  return { found, waiting, asked: watch.asked };
}

/** The same long after an audit that found the same tasks. */
const audit = async (item: ConnectorItem, ...tasks: TaskItem[]) =>
  (await auditNoting({ ...item, waiting: Object.fromEntries(tasks.map(({ task }) => [task, NOW - 100 * HOUR])) }, tasks)).found;

const STALE = { failed: [], stale: ['orders/0'], stalled: [] };
const FINE = { failed: [], stale: [], stalled: [] };

describe('the audit of tasks', () => {
  it.each([
    ['rate(1 hour)', 100 * MINUTE, FINE],
    ['rate(1 hour)', 130 * MINUTE, STALE],
    ['cron(0 3 * * ? *)', 30 * HOUR, FINE],
    ['cron(0 3 * * ? *)', 40 * HOUR, STALE],
  ])('of %s takes a task that ran %d ms ago as %j', async (schedule, ago, result) => {
    expect(await audit(connector(schedule), task(ranAt(NOW - ago)))).toEqual(result);
  });

  it('expects the first run of a new plan no sooner than the plan', async () => {
    expect(await audit(connector('rate(1 hour)', { plannedAt: NOW - 90 * MINUTE }), task())).toEqual(FINE);
    expect(await audit(connector('rate(1 hour)', { plannedAt: NOW - 3 * HOUR }), task())).toEqual(STALE);
  });

  it('expects the one run of a time that has passed', async () => {
    const once = connector('at(2030-06-01T11:00:00)');
    expect(await audit(once, task())).toEqual(STALE);
    expect(await audit(once, task(ranAt(NOW - 59 * MINUTE)))).toEqual(FINE);
  });

  it.each([
    ['is started by events only', connector(undefined), task()],
    ['is paused with its connector', connector('rate(1 minute)', { desired: 'PAUSED' }), task()],
    ['is paused', connector('rate(1 minute)'), task({ paused: true })],
    ['is running', connector('rate(1 minute)'), task({ leaseUntil: NOW + MINUTE })],
    ['was running until now', connector('rate(1 minute)'), task({ leaseUntil: NOW - MINUTE })],
    ['waits after a failure', connector('rate(1 minute)'), task({ failure: failure({ notBefore: NOW + MINUTE }) })],
  ])('expects nothing of a task that %s', async (_, item, its) => {
    expect(await audit(item, its)).toEqual(FINE);
  });

  it('waits for the end of the window in which a task may start', async () => {
    const spread = { spec: fruit({ timeZone: 'UTC', schedule: 'rate(1 hour)', windowMinutes: 30 }) };
    expect(await audit(connector('rate(1 hour)', spread), task(ranAt(NOW - 150 * MINUTE)))).toEqual(FINE);
    expect(await audit(connector('rate(1 hour)', spread), task(ranAt(NOW - 160 * MINUTE)))).toEqual(STALE);
  });

  it('takes a lease for no sign of life where the runs before it died', async () => {
    const died = { unreleased: 168, leaseUntil: NOW + MINUTE, ...ranAt(NOW - 168 * HOUR) };
    expect(await audit(connector('rate(1 hour)', { plannedAt: NOW - 200 * HOUR }), task(died))).toEqual(STALE);
  });

  it('names tasks that wait for resume as failed, not as stale', async () => {
    const failed = task({ failure: failure({ fatal: true }) });
    expect(await audit(connector('rate(1 minute)'), failed)).toEqual({ failed: ['orders/0'], stale: [], stalled: [] });
  });

  it('names a connector whose task copies nothing of what is left, once, and not before twice the freshness', async () => {
    const fresh = { spec: fruit({ timeZone: 'UTC', freshness: '10 minutes' }) };
    const stuck = (number: number, progressAt: number) =>
      task({ task: number, progressAt, lastRun: { ...ranAt(NOW - MINUTE).lastRun, outcome: 'limit', lagRecords: 7 } });
    const behind = [stuck(0, NOW - 20 * MINUTE), stuck(1, NOW - 30 * MINUTE)];
    const found = (at: number, of: Partial<ConnectorItem> = {}) => auditNoting(connector(undefined, { ...fresh, ...of }), behind, { at });
    expect((await found(NOW)).found).toEqual({ ...FINE, stalled: ['orders'] });
    expect((await found(NOW - 10 * MINUTE - 1)).found).toEqual(FINE);
    expect((await found(NOW, { desired: 'PAUSED' })).found).toEqual(FINE);
    expect((await found(NOW, { generation: 2, lastGeneration: 2, desiredAt: NOW - MINUTE })).found).toEqual(FINE);
  });

  it('gives looks of an idle connector twice the longest time between them', async () => {
    const fresh = connector(undefined, { spec: fruit({ timeZone: 'UTC', freshness: '10 minutes' }) });
    const idle = task(ranAt(NOW - 90 * HOUR));
    const waited = async (minutes: number) => (await auditNoting({ ...fresh, waiting: { 0: NOW - minutes * MINUTE } }, [idle])).found;
    expect(await waited(119)).toEqual(FINE);
    expect(await waited(126)).toEqual(STALE);
  });

  it('expects no run of a task that has nothing to do, however long ago it ran', async () => {
    const idle = task(ranAt(NOW - 90 * HOUR));
    expect(await auditNoting(connector('rate(1 minute)'), [idle], { isPending: false })).toEqual({ found: FINE, waiting: {}, asked: 1 });
  });

  it('gives looks two scheduled times to start a task that it finds with something to do', async () => {
    const idle = task(ranAt(NOW - 90 * HOUR));
    const item = connector('rate(10 minutes)');
    const first = await auditNoting(item, [idle]);
    expect(first).toMatchObject({ found: FINE, waiting: { 0: NOW } });
    const waiting = { ...item, waiting: first.waiting };
    expect(await auditNoting(waiting, [idle], { at: NOW + 15 * MINUTE })).toMatchObject({ found: FINE, waiting: { 0: NOW } });
    expect((await auditNoting(waiting, [idle], { at: NOW + 30 * MINUTE })).found).toEqual(STALE);
    const ran = task(ranAt(NOW + 29 * MINUTE));
    expect(await auditNoting(waiting, [ran], { at: NOW + 30 * MINUTE })).toMatchObject({ found: FINE, waiting: {} });
  });

  it('asks no system about tasks that run as they should', async () => {
    expect((await auditNoting(connector('rate(1 hour)'), [task(ranAt(NOW - 10 * MINUTE))])).asked).toBe(0);
  });
});
