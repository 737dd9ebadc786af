import { describe, expect, it } from '@jest/globals';
import { auditTasks } from '../../../functions/audit.ts';
import type { ConnectorItem, Failure, TaskItem } from '../../../src/store/store.ts';
import { connectorSpec, idleTask as task } from '../../support/specs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2030-06-01T12:00:00Z');
const RAN = { outcome: 'caught-up', records: 0, bytes: 0, deadLetters: 0 } as const;

const connector = (schedule: string | undefined, overrides: Partial<ConnectorItem> = {}): ConnectorItem => ({
  name: 'orders',
  spec: connectorSpec({ trigger: { timeZone: 'UTC', ...(schedule === undefined ? {} : { schedule }) } }),
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

const audit = (item: ConnectorItem, ...tasks: TaskItem[]) =>
  auditTasks({ listConnectors: async () => [item], listTasks: async () => tasks }, NOW);

const STALE = { failed: [], stale: ['orders/0'] };
const FINE = { failed: [], stale: [] };

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
    const spread = { spec: connectorSpec({ trigger: { timeZone: 'UTC', schedule: 'rate(1 hour)', windowMinutes: 30 } }) };
    expect(await audit(connector('rate(1 hour)', spread), task(ranAt(NOW - 150 * MINUTE)))).toEqual(FINE);
    expect(await audit(connector('rate(1 hour)', spread), task(ranAt(NOW - 160 * MINUTE)))).toEqual(STALE);
  });

  it('takes a lease for no sign of life where the runs before it died', async () => {
    const died = { unreleased: 168, leaseUntil: NOW + MINUTE, ...ranAt(NOW - 168 * HOUR) };
    expect(await audit(connector('rate(1 hour)', { plannedAt: NOW - 200 * HOUR }), task(died))).toEqual(STALE);
  });

  it('names tasks that wait for resume as failed, not as stale', async () => {
    const failed = task({ failure: failure({ fatal: true }) });
    expect(await audit(connector('rate(1 minute)'), failed)).toEqual({ failed: ['orders/0'], stale: [] });
  });
});
