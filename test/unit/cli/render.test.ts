import { describe, expect, it } from '@jest/globals';
import { renderAge } from '../../../src/cli/render/age.ts';
import { bytes, duration, number } from '../../../src/cli/render/numbers.ts';
import { renderPlan } from '../../../src/cli/render/plan.ts';
import { renderProgress, renderTotals } from '../../../src/cli/render/run.ts';
import { renderSchedule } from '../../../src/cli/render/schedule.ts';
import { renderStatus } from '../../../src/cli/render/status.ts';
import type { PlanResult, StatusResult, TaskDiff } from '../../../src/runtime/planner-api.ts';
import type { RunSummary } from '../../../src/store/store.ts';

const NOW = 1_800_000_000_000;

describe('numbers', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [5_230, '5.2 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [349_200_000, '4 d 1 h'],
  ])('%d ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [2_000_000, '2.0 MB'],
    [3_100_000_000, '3.1 GB'],
  ])('%d bytes read %s', (value, text) => expect(bytes(value)).toBe(text));

  it('are grouped by thousands', () => expect(number(1_234_567)).toBe('1,234,567'));
});

describe('a plan', () => {
  const diff = (task: number, change: TaskDiff['change'], parts: Partial<TaskDiff> = {}): TaskDiff => ({
    task,
    change,
    partitions: [],
    gained: [],
    lost: [],
    configChanged: false,
    ...parts,
  });
  const plan: PlanResult = {
    connector: 'flights',
    generation: 3,
    moved: 1,
    warnings: [],
    changed: true,
    options: [],
    schedule: 'rate(5 minutes)',
    tasks: [
      diff(0, 'keep', { partitions: ['f-0'] }),
      diff(1, 'change', { partitions: ['f-1', 'f-2'], gained: ['f-2'], lost: ['f-3'], configChanged: true }),
      diff(2, 'create', { partitions: ['f-3', 'f-4', 'f-5', 'f-6', 'f-7', 'f-8', 'f-9'] }),
      diff(3, 'delete', { lost: ['f-2'] }),
    ],
  };

  it('shows what changes, and counts what does not', () => {
    expect(renderPlan(plan, false).split('\n')).toEqual([
      'flights: 1 create, 1 change, 1 delete, 1 keep; 1 partition moves',
      '  ~ task 1  +f-2  -f-3  options differ',
      '  + task 2  f-3 f-4 f-5 f-6 f-7 f-8 and 1 more',
      '  - task 3  f-2',
    ]);
  });

  it('shows everything when asked to', () => {
    expect(renderPlan(plan, true)).toContain('  = task 0  f-0\n');
    expect(renderPlan(plan, true)).toContain('f-8 f-9');
  });

  it('shows each option that changes, and what has no effect', () => {
    const options = [
      { option: 'source.startAt', before: 'earliest', after: 'latest', effect: 'has no effect any more' },
      { option: 'batch.maxRecords', after: 10 },
      { option: 'source.topics', before: ['a'], after: ['a', 'b'] },
    ];
    expect(
      renderPlan({ ...plan, tasks: [], moved: 0, options }, false)
        .split('\n')
        .slice(1),
    ).toEqual([
      '  source.startAt: earliest -> latest (has no effect any more)',
      '  batch.maxRecords: (not set) -> 10',
      '  source.topics: ["a"] -> ["a","b"]',
    ]);
  });

  it('says where nothing will ever start the connector', () => {
    const { schedule: _, ...unscheduled } = plan;
    expect(renderPlan(unscheduled, false)).toMatch(
      /\n {2}it has no trigger\.schedule and no trigger\.freshness: only `rocketmq-connect run flights` or an event starts it$/,
    );
  });

  it('says when there is nothing to do, and what became of schedules', () => {
    const unchanged = {
      ...plan,
      changed: false,
      moved: 0,
      tasks: [diff(0, 'keep')],
      schedules: { created: 0, changed: 0, deleted: 2, kept: 1 },
    };
    expect(renderPlan(unchanged, false)).toBe(
      'flights: nothing changes, 0 create, 0 change, 0 delete, 1 keep; 0 partitions move; schedules: 2 deleted, 1 kept',
    );
  });
});

describe('a status', () => {
  const counters = { invocations: 2, records: 12_000, bytes: 1, deadLetters: 0, dynamodbRequests: 5 };
  const status: StatusResult = {
    name: 'flights',
    type: 'kafka-source',
    desired: 'RUNNING',
    state: 'DEGRADED',
    generation: 2,
    planPending: false,
    tasks: 2,
    schedule: 'rate(5 minutes)',
    taskStatus: [
      {
        connector: 'flights',
        task: 1,
        state: 'RETRYING',
        generation: 2,
        partitions: ['f-1', 'f-2', 'f-3', 'f-4', 'f-5'],
        positions: { 'f-5': '17' },
        counters,
        failure: { code: 'UNREACHABLE', message: 'no broker', count: 3, at: NOW - 1000, notBefore: NOW + 30_000, fatal: false },
      },
      {
        connector: 'flights',
        task: 0,
        state: 'IDLE',
        generation: 2,
        partitions: ['f-0'],
        positions: { 'f-0': '12000' },
        counters,
        lastRecordAt: NOW - 60_000,
        lastRun: {
          startedAt: NOW - 65_000,
          endedAt: NOW - 60_000,
          outcome: 'caught-up',
          records: 12_000,
          bytes: 1,
          deadLetters: 0,
          lagRecords: 0,
        },
      },
    ],
  };

  it('shows each task with positions, those that have moved first, lag, last run and failure', () => {
    expect(renderStatus(status, NOW, { local: false }).split('\n')).toEqual([
      'flights  kafka-source  DEGRADED  generation 2  rate(5 minutes)',
      'TASK  STATE     POSITIONS   LAG  LAST RECORD    LAST RUN                                   RECORDS  FAILURE, NOTICES',
      '0     IDLE      f-0 12000   0    1 min 0 s ago  1 min 0 s ago: caught-up, 12,000 in 5.0 s  12,000',
      '1     RETRYING  f-5 17      -    -              never                                      12,000   UNREACHABLE: no broker',
      '                f-1 -                                                                               3 in a row, retries in 30.0 s, or at once by `run`',
      '                f-2 -',
      '                f-3 -',
      '                and 1 more',
    ]);
  });

  it('shows how many records of the last run became dead letters', () => {
    const [, task] = status.taskStatus as [unknown, (typeof status.taskStatus)[0]];
    const lastRun = { ...(task.lastRun as RunSummary), deadLetters: 3 };
    expect(renderStatus({ ...status, taskStatus: [{ ...task, lastRun }] }, NOW, { local: false })).toContain(
      'caught-up, 12,000 in 5.0 s, 3 of them dead letters',
    );
  });

  it('shows what stands still and what else the last run has to say', () => {
    const [, task] = status.taskStatus as [unknown, (typeof status.taskStatus)[0]];
    const stop = { partition: 'f-0', place: 'f-0@9', code: 'RECORD_REFUSED', message: 'damaged', remedy: 'skip it', retriable: false };
    const lastRun = { ...(task.lastRun as RunSummary), stopped: [stop], notices: ['Topic f has a new partition.'] };
    const shown = renderStatus({ ...status, taskStatus: [{ ...task, state: 'DEGRADED', lastRun }] }, NOW, { local: false });
    expect(shown).toContain('DEGRADED');
    expect(shown).toContain('f-0: RECORD_REFUSED: damaged; skip it');
    expect(shown).toContain('0, not counting 1 stopped');
    expect(shown).toContain('Topic f has a new partition.');
  });

  it.each([
    [{ schedule: 'rate(5 minutes)' }, false, 'rate(5 minutes)'],
    [{ schedule: 'rate(5 minutes)' }, true, 'rate(5 minutes) while `dev` runs'],
    [{ schedule: 'cron(0 3 * * ? *)', nextStart: NOW }, false, `cron(0 3 * * ? *), next at ${new Date(NOW).toISOString()}`],
    [{ freshnessMs: 300_000, idleMs: 3_600_000 }, false, 'fresh within 5 min 0 s, idle looks up to 1 h 0 min apart'],
    [{ freshnessMs: 300_000, idleMs: 3_600_000 }, true, 'fresh within 5 min 0 s, idle looks up to 1 h 0 min apart while `dev` runs'],
    [{}, true, 'no schedule: only `run` or an event starts it'],
  ])('says what starts the connector next: %o', (standing, local, words) => {
    expect(renderSchedule(standing, { local })).toBe(words);
  });

  it('says how old data may be where something is left, and how old it should be', () => {
    const head = (ageMs: number) => renderStatus({ ...status, ageMs }, NOW, { local: false }).split('\n')[0];
    expect(head(125_000)).toMatch(/ {2}rate\(5 minutes\), data up to 2 min 5 s old$/);
    expect(head(0)).toMatch(/ {2}rate\(5 minutes\)$/);
    expect([renderAge({ ageMs: 0, targetMs: 300_000 }), renderAge({ ageMs: 61_000 }), renderAge({ targetMs: 300_000 })]).toEqual([
      '0 ms of 5 min 0 s',
      '1 min 1 s',
      '-',
    ]);
  });

  it('says that a plan is pending and that there is nothing to copy', () => {
    expect(renderStatus({ ...status, planPending: true, taskStatus: [] }, NOW, { local: false }).split('\n')).toEqual([
      'flights  kafka-source  DEGRADED  generation 2  rate(5 minutes), a plan was started and is not in force: apply the file again',
      'there are no tasks, because there is nothing to copy',
    ]);
  });
});

describe('a run', () => {
  it('has a line of progress', () => {
    const progress = { tasks: 4, ended: 1, elsewhere: 0, records: 120_000, bytes: 9_600_000, elapsedMs: 3_000 };
    expect(renderProgress('flights', progress)).toBe('flights: 120,000 records, 9.6 MB, 40,000/s, 1 of 4 tasks done');
    expect(renderProgress('flights', { ...progress, elsewhere: 2 })).toContain(', 2 run elsewhere');
    expect(renderProgress('flights', { ...progress, total: 480_000 })).toBe(
      'flights: 120,000 of 480,000 records, 9.6 MB, 40,000/s, 9.0 s left, 1 of 4 tasks done',
    );
    const waits = { for: 'RocketMQ at rmq:9876', ms: 12_000 };
    expect(renderProgress('flights', { ...progress, total: 480_000, waits })).toBe(
      'flights: waiting 12.0 s for RocketMQ at rmq:9876, 120,000 of 480,000 records, 9.6 MB, 40,000/s, 1 of 4 tasks done',
    );
    // Before the first record nobody knows how long it takes.
    expect(renderProgress('flights', { ...progress, records: 0, total: 480_000 })).not.toContain('left');
  });

  it('ends with a row for each task', () => {
    const row = { connector: 'f', task: 0, invocations: 2, records: 5_000, bytes: 1_000, deadLetters: 0, dynamodbRequests: 4 };
    expect(renderTotals([{ ...row, outcome: 'caught-up', elapsedMs: 1_000, lagRecords: 0 }]).split('\n')).toEqual([
      'TASK  OUTCOME    INVOCATIONS  RECORDS  BYTES   RECORDS/S  DEAD LETTERS  DYNAMODB REQUESTS  LAG  TIME',
      '0     caught-up  2            5,000    1.0 kB  5,000      0             4                  0    1.0 s',
    ]);
    const stop = { partition: 'f-0', code: 'NOT_FOUND', message: 'deleted', retriable: true };
    expect(renderTotals([{ ...row, outcome: 'caught-up', elapsedMs: 1_000, stopped: [stop] }])).toContain('caught-up, 1 partition stopped');
  });
});
