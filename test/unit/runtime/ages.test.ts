import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agesOf } from '../../../src/runtime/planner/ages.ts';
import type { ConnectorItem, TaskItem } from '../../../src/store/store.ts';
import { connectorSpec, idleTask, plannedTask } from '../../support/specs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2030-06-01T12:00:00Z');

const connector = (trigger: object = { freshness: '5 minutes' }, overrides: Partial<ConnectorItem> = {}): ConnectorItem => ({
  name: 'orders',
  spec: connectorSpec({ trigger: { timeZone: 'UTC', ...trigger } }),
  desired: 'RUNNING',
  generation: 1,
  lastGeneration: 1,
  tasks: 2,
  ...overrides,
});
const task = (overrides: Partial<TaskItem> = {}): TaskItem => idleTask({ planned: plannedTask(['apple']), ...overrides });
const ranAt = (endedAt: number): Partial<TaskItem> => ({
  lastRun: { startedAt: endedAt, endedAt, outcome: 'caught-up', records: 0, bytes: 0, deadLetters: 0 },
});
const ageOf = (item: ConnectorItem, ...tasks: TaskItem[]) => agesOf(item, tasks, NOW).ageMs;

describe('how old data may be', () => {
  it('is the time since the first task was behind', () => {
    const tasks = [task({ behindSince: NOW - MINUTE }), task({ task: 1, behindSince: NOW - 7 * MINUTE }), task({ task: 2 })];
    expect(ageOf(connector(), ...tasks)).toBe(7 * MINUTE);
  });

  it('is nothing where nothing is left, also of tasks that never ran', () => {
    expect(ageOf(connector(), task(ranAt(NOW - 90 * HOUR)), task({ task: 1 }))).toBe(0);
    expect(ageOf(connector())).toBe(0);
    expect(ageOf(connector(), task({ behindSince: NOW + MINUTE }))).toBe(0);
  });

  it('counts from when an audit found a task with something to do that nobody started, unless it ran since', () => {
    const waiting = connector({}, { waiting: { 0: NOW - 20 * MINUTE } });
    expect(ageOf(waiting, task(ranAt(NOW - HOUR)))).toBe(20 * MINUTE);
    expect(ageOf(waiting, task({ ...ranAt(NOW - HOUR), behindSince: NOW - 30 * MINUTE }))).toBe(30 * MINUTE);
    expect(ageOf(waiting, task(ranAt(NOW - MINUTE)))).toBe(0);
  });

  it.each<[string, Partial<ConnectorItem>]>([
    ['is paused', { desired: 'PAUSED' }],
    ['is stopped', { desired: 'STOPPED' }],
    ['was never planned', { generation: 0 }],
  ])('is not said of a connector that %s', (_, of) => {
    expect(agesOf(connector(undefined, of), [task({ behindSince: NOW - HOUR })], NOW)).toEqual({ targetMs: 5 * MINUTE });
  });

  it('is never negative, and no older than the oldest sign', () => {
    const time = fc.integer({ min: NOW - 100 * HOUR, max: NOW + HOUR });
    const of = fc.record({ behindSince: time, endedAt: time, waits: time }, { requiredKeys: ['endedAt'] });
    fc.assert(
      fc.property(of, ({ behindSince, endedAt, waits }) => {
        const item = connector({}, waits === undefined ? {} : { waiting: { 0: waits } });
        const age = ageOf(item, task({ ...ranAt(endedAt), ...(behindSince !== undefined && { behindSince }) })) ?? -1;
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThanOrEqual(Math.max(0, NOW - Math.min(behindSince ?? NOW, waits ?? NOW)));
      }),
    );
  });
});

describe('how old data should be at most', () => {
  it.each([
    [{ freshness: '5 minutes' }, 5 * MINUTE],
    [{ schedule: 'rate(1 hour)' }, HOUR],
    [{ schedule: 'cron(0 3 * * ? *)' }, 24 * HOUR],
    [{ schedule: 'at(2030-06-01T13:00:00)' }, undefined],
    [{}, undefined],
  ])('by %j is %d ms', (trigger, targetMs) => expect(agesOf(connector(trigger), [], NOW).targetMs).toBe(targetMs));
});
