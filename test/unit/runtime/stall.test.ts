import { describe, expect, it } from '@jest/globals';
import { stallOf } from '../../../src/runtime/planner/stall.ts';
import type { ConnectorItem, RunSummary, TaskItem } from '../../../src/store/store.ts';
import { connectorSpec, idleTask } from '../../support/specs.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2030-06-01T12:00:00Z');

const connector = (overrides: Partial<ConnectorItem> = {}, trigger: Partial<ConnectorItem['spec']['trigger']> = {}): ConnectorItem => ({
  name: 'orders',
  spec: connectorSpec({ trigger: { timeZone: 'UTC', schedule: 'rate(5 minutes)', ...trigger } }),
  desired: 'RUNNING',
  generation: 1,
  lastGeneration: 1,
  tasks: 1,
  plannedAt: NOW - 6_000 * MINUTE,
  ...overrides,
});

const behind = (overrides: Partial<RunSummary> = {}, item: Partial<TaskItem> = {}): TaskItem =>
  idleTask({
    lastRun: {
      startedAt: NOW - MINUTE,
      endedAt: NOW - MINUTE,
      outcome: 'limit',
      records: 0,
      bytes: 0,
      deadLetters: 0,
      lagRecords: 7,
      ...overrides,
    },
    progressAt: NOW - 10 * MINUTE,
    ...item,
  });

describe('a task with something left to copy', () => {
  it('is stalled once it has copied nothing for twice the period of its schedule', () => {
    expect(stallOf(behind(), connector(), NOW)).toEqual({ task: 0, since: NOW - 10 * MINUTE, lagRecords: 7 });
    expect(stallOf(behind(), connector(), NOW - 1)).toBeUndefined();
    expect(stallOf(behind({ lagMs: 5_000, lagRecords: undefined } as never), connector(), NOW)).toMatchObject({ lagMs: 5_000 });
  });

  it('is stalled at the second time of a cron schedule, each with its window', () => {
    const daily = connector({}, { schedule: 'cron(0 3 * * ? *)', windowMinutes: 30 });
    const since = Date.parse('2030-05-30T12:00:00Z');
    const at = (time: string) => stallOf(behind({}, { progressAt: since }), daily, Date.parse(time));
    expect(at('2030-06-01T03:29:59Z')).toBeUndefined();
    expect(at('2030-06-01T03:30:00Z')).toMatchObject({ since });
  });

  it.each<[string, TaskItem, ConnectorItem]>([
    ['nothing is left', behind({ lagRecords: 0 }), connector()],
    ['nobody knows what is left', behind({ lagRecords: undefined } as never), connector()],
    ['it never ran', idleTask(), connector()],
    ['it is paused', behind({}, { paused: true }), connector()],
    ['its connector is paused', behind(), connector({ desired: 'PAUSED' })],
    ['its connector is stopped', behind(), connector({ desired: 'STOPPED' })],
    ['it was resumed since, so nothing is due', behind(), connector({ desiredAt: NOW - 9 * MINUTE })],
    ['it was planned since', behind(), connector({ plannedAt: NOW - 9 * MINUTE })],
    ['nothing starts it at set times', behind(), connector({ spec: connectorSpec({ trigger: { timeZone: 'UTC' } }) })],
    ['it is started once', behind(), connector({}, { schedule: 'at(2030-06-01T11:55:00)' })],
  ])('is not stalled where %s', (_, item, item2) => expect(stallOf(item, item2, NOW)).toBeUndefined());
});
