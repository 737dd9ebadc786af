import { describe, expect, it } from '@jest/globals';
import { troublesOf } from '../../../console/connector/troubles-of.ts';
import { startedText } from '../../../console/data/changes.ts';
import { time } from '../../../console/format/times.ts';
import type { TaskStatus } from '../../../src/runtime/planner-api.ts';

const NOW = 1_000_000_000;
const task = (index: number, more: Partial<TaskStatus> = {}) => ({ connector: 'c', task: index, ...more }) as TaskStatus;
const failure = (more: Partial<NonNullable<TaskStatus['failure']>> = {}) =>
  ({ code: 'TIMEOUT', message: 'no answer; wait', count: 1, at: NOW, notBefore: NOW + 5_000, fatal: false, ...more }) as NonNullable<
    TaskStatus['failure']
  >;
const standing = (partition: string) =>
  ({
    stopped: [{ partition, code: 'RECORD_REFUSED', message: 'sour', remedy: 'skip it' }],
    stoppedPartitions: 3,
  }) as unknown as NonNullable<TaskStatus['lastRun']>;

describe('what is wrong with the tasks of a connector', () => {
  it('is nothing where all is well', () => expect(troublesOf([task(0), task(1)], NOW)).toEqual([]));

  it('is said in full of one task', () =>
    expect(troublesOf([task(0), task(1, { failure: failure({ count: 3 }) })], NOW).map(({ text }) => text)).toEqual([
      `Task 1: failed at ${time(NOW)}, 3 times in a row, and tries again by itself, not before ${time(NOW + 5_000)}.\nTIMEOUT: no answer; wait`,
    ]));

  it('is one cause where tasks failed of the same at different times', () => {
    const tasks = Array.from({ length: 10 }, (_, index) =>
      task(index, { failure: failure({ fatal: true, at: NOW + index * 1_000, count: index + 1 }) }),
    );
    expect(troublesOf(tasks, NOW).map(({ text }) => text)).toEqual([
      `Tasks 0, 1, 2, 3, 4 and 5 others: failed, the last one at ${time(NOW + 9_000)}, up to 10 times in a row, and wait until somebody resumes or restarts them.\nTIMEOUT: no answer; wait`,
    ]);
  });

  it('is told apart by what people have to do', () =>
    expect(
      troublesOf(
        [
          task(0, { failure: failure() }),
          task(1, { failure: failure({ fatal: true }) }),
          task(2, { failure: failure({ message: 'another' }) }),
          task(3, { lastRun: standing('p') }),
          task(4, { lastRun: standing('q') }),
          task(5, { stalledSince: NOW }),
        ],
        NOW,
      ),
    ).toHaveLength(6));

  it('keeps its key while the time goes on', () => {
    const stalled = [task(0, { stalledSince: NOW - 60_000 }), task(1, { stalledSince: NOW - 120_000 })];
    const [first, later] = [troublesOf(stalled, NOW), troublesOf(stalled, NOW + 60_000)];
    expect(first.map(({ text }) => text)).toEqual(['Tasks 0, 1: something is left to copy, and nothing was copied for up to 2 min.']);
    expect(later.map(({ text }) => text)).toEqual(['Tasks 0, 1: something is left to copy, and nothing was copied for up to 3 min.']);
    expect(later.map(({ key }) => key)).toEqual(first.map(({ key }) => key));
  });

  it('names partitions that stand still, with their remedy', () =>
    expect(troublesOf([task(0, { lastRun: standing('p') })], NOW).map(({ text }) => text)).toEqual([
      'Task 0: p stands still: RECORD_REFUSED: sour; skip it\n2 more partitions stand still.',
    ]));
});

describe('tasks that a person has started', () => {
  it.each([
    [{ started: 0, running: 0 }, 'c has no tasks, because there is nothing to copy'],
    [{ started: 2, running: 0 }, 'c: 2 tasks started'],
    [{ started: 1, running: 1 }, 'c: 1 task started, and 1 task runs already'],
    [{ started: 0, running: 2 }, 'c: 2 tasks run already'],
  ])('are counted: %j', (started, text) => expect(startedText('c', started)).toBe(text));
});
