import { describe, expect, it } from '@jest/globals';
import { actionsFor } from '../../../console/connector/actions-for.ts';
import { changeLines } from '../../../console/connector/change-lines.ts';
import { groupsOf, keyOf, problemsOf, withoutEmpty } from '../../../console/editor/fields.ts';
import { cursorOf } from '../../../src/console/letter-routes.ts';
import type { Definition } from '../../../src/rest/answers/definition.ts';
import type { HistoryEntry, TaskStatus } from '../../../src/runtime/planner-api.ts';

const option = (name: string, group: string, required = false): Definition => ({
  name,
  group,
  required,
  type: 'STRING',
  default_value: null,
  importance: 'MEDIUM',
  documentation: '',
  width: 'MEDIUM',
  display_name: name,
  dependents: [],
  order: 0,
});

describe('the form of a connector', () => {
  it('has the options in groups, those first that must be set, and not the type', () => {
    const all = [
      option('connector.class', 'connector', true),
      option('name', 'connector', true),
      option('source.a', 'source'),
      option('source.b', 'source', true),
    ];
    expect(
      groupsOf(all).map(({ name, required, optional }) => [name, required.map((each) => each.name), optional.map((each) => each.name)]),
    ).toEqual([
      ['connector', ['name'], []],
      ['source', ['source.b'], ['source.a']],
    ]);
  });

  it('shows each problem beside its option', () => {
    const problem = (name: string) => ({ level: 'error' as const, code: 'CONFIG_INVALID', option: name, message: name });
    const problems = [problem('maxTasks'), problem('source.topics[1]'), problem('source.topic')];
    expect(problemsOf('tasks.max', problems)).toEqual([problems[0]]);
    expect(problemsOf('source.topics', problems)).toEqual([problems[1]]);
    expect(keyOf('type')).toBe('connector.class');
  });

  it('does not send what is empty', () => expect(withoutEmpty({ a: '', b: 'x' })).toEqual({ b: 'x' }));
});

describe('the actions of a connector', () => {
  const task = (state: TaskStatus['state']) => ({ state }) as TaskStatus;

  it('are those that its state allows, the likeliest first', () => {
    expect(actionsFor({ desired: 'STOPPED', taskStatus: [] })).toEqual(['Resume']);
    expect(actionsFor({ desired: 'PAUSED', taskStatus: [] })).toEqual(['Resume', 'Stop']);
    expect(actionsFor({ desired: 'RUNNING', taskStatus: [task('IDLE')] })).toEqual(['Run now', 'Pause', 'Stop', 'Restart']);
    const failed = [task('FAILED')];
    expect(actionsFor({ desired: 'RUNNING', taskStatus: [task('IDLE'), ...failed] }).slice(0, 3)).toEqual([
      'Restart failed tasks',
      'Resume',
      'Run now',
    ]);
    // Nothing would run.
    expect(actionsFor({ desired: 'RUNNING', taskStatus: failed })).not.toContain('Run now');
  });
});

describe('the history of a connector', () => {
  const entry = (more: Partial<HistoryEntry>): HistoryEntry => ({
    connector: 'c',
    id: '1',
    at: 0,
    action: 'apply',
    actor: { claimed: false },
    state: 'done',
    generation: 1,
    details: {},
    ...more,
  });

  it('says what each change did', () => {
    const details = {
      desired: { before: 'RUNNING', after: 'PAUSED' },
      options: [{ option: 'source.topics', before: ['a'], after: ['b'] }],
      plan: { created: 1, changed: 0, deleted: 2, moved: 1 },
      altered: { count: 2, first: [{ partition: 'p', before: '1' }] },
    };
    expect(changeLines(entry({ details }))).toEqual([
      'running → paused',
      'source.topics: ["a"] → ["b"]',
      'tasks: 1 new, 2 removed',
      '1 partition moved',
      'p: 1 → start over',
      'and 1 more partition',
    ]);
  });

  it('says what became of one that did not end well', () => {
    expect(changeLines(entry({ state: 'failed', inForce: true, error: { code: 'TIMEOUT', message: 'no answer' } }))).toEqual([
      'failed: TIMEOUT: no answer; its plan is in force',
    ]);
    expect(changeLines(entry({ state: 'begun' }))).toEqual(['not finished: the planner is still at work on it, or it died']);
  });
});

describe('the stretches of chosen dead letters', () => {
  it('reach from the first to the last of each queue', () => {
    expect(cursorOf('%dlq', ['b-0:1@7', 'b-0:0@3', 'b-0:1@5'])).toEqual({
      '%dlq:b-0:1': { next: 5, end: 8 },
      '%dlq:b-0:0': { next: 3, end: 4 },
    });
  });

  it('are those of places alone', () => expect(() => cursorOf('t', ['b-0:1'])).toThrow(/places: "b-0:1" is no place of a dead letter/));
});
