import { describe, expect, it } from '@jest/globals';
import { whyNotWell } from '../../../src/cli/shared/why-not-well.ts';
import type { TaskTotals } from '../../../src/cli/target/run-totals.ts';

const NOW = 1_800_000_000_000;
const row = (outcome: TaskTotals['outcome']): TaskTotals => ({
  connector: 'flights',
  task: 2,
  outcome,
  invocations: 1,
  records: 0,
  bytes: 0,
  deadLetters: 0,
  dynamodbRequests: 2,
  elapsedMs: 5,
});
const failure = { code: 'UNREACHABLE', message: 'no broker; start it', count: 1, at: NOW - 90_000, notBefore: NOW + 25_000, fatal: false };
const here = { detached: false, now: NOW };

describe('a task that did not end well', () => {
  it('says when it tries again, and how at once', () => {
    expect(whyNotWell(row('failed'), failure, here).line).toBe(
      'UNREACHABLE: flights task 2: no broker; start it; to try again at once, run `rocketmq-connect run flights`; schedules and `dev` wait 25.0 s more',
    );
    expect(whyNotWell(row('failed'), failure, { ...here, detached: true }).line).toBe(
      'UNREACHABLE: flights task 2: no broker; start it; to try again at once, run `rocketmq-connect run flights`; it tries again by itself in 25.0 s',
    );
  });

  it('names no time that is over', () => {
    const due = { ...failure, notBefore: NOW - 1 };
    const again = 'UNREACHABLE: flights task 2: no broker; start it; to try again, run `rocketmq-connect run flights`';
    expect(whyNotWell(row('failed'), due, here).line).toBe(again);
    expect(whyNotWell(row('failed'), due, { ...here, detached: true }).line).toBe(`${again}; it also tries again by itself`);
  });

  it('waits for resume after a failure that waiting does not mend', () => {
    expect(whyNotWell(row('failed'), { ...failure, fatal: true }, here)).toMatchObject({
      line: 'UNREACHABLE: flights task 2: no broker; start it; do that, then run `rocketmq-connect resume flights`',
      retriable: false,
    });
  });

  it('does not show an old failure as if it were new', () => {
    expect(whyNotWell(row('failed-before'), { ...failure, fatal: true }, here).message).toBe(
      'flights task 2: did not run: it failed 1 min 30 s ago and waits for `resume`: no broker; start it',
    );
  });

  it.each<[TaskTotals['outcome'], string]>([
    ['paused', 'WRONG_STATE: flights task 2: was paused or stopped; run `rocketmq-connect resume flights` to go on'],
    [
      'absent',
      'NOT_FOUND: flights task 2: does not exist: the connector was deleted, or planned with fewer tasks; see `rocketmq-connect status flights`',
    ],
    ['failed-before', 'WRONG_STATE: flights task 2: did not run: it had failed and has changed since; run `rocketmq-connect run flights`'],
  ])('%s has words of its own', (outcome, line) => {
    expect(whyNotWell(row(outcome), undefined, here).line).toBe(line);
  });
});
