import { describe, expect, it } from '@jest/globals';
import { fitting } from '../../../functions/fitting-answer.ts';
import type { OverviewResult, PlannerResponse, PlanResult, StatusResult } from '../../../src/runtime/planner-api.ts';

const MAX = 20_000;
const LONGEST_NAME = 'c'.repeat(64);
const names = (count: number) => Array.from({ length: count }, (_, n) => `partition-${n}`);
const status = (tasks: number): PlannerResponse => ({
  ok: true,
  result: { name: 'orders', taskStatus: Array.from({ length: tasks }, (_, task) => ({ task, partitions: names(20) })) },
});
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('an answer of the planner', () => {
  it('stays as it is where it fits', () => {
    expect(fitting(status(10), MAX)).toEqual(status(10));
  });

  it('is cut behind the last task that fits, and says where the rest begins', () => {
    const { result } = fitting(status(500), MAX) as { result: StatusResult };
    expect(bytes(result)).toBeLessThanOrEqual(MAX);
    expect(result.taskStatus.length).toBeGreaterThan(1);
    expect(result.next).toBe(result.taskStatus.length);
  });

  it('of connectors that ends before the last of them keeps saying where the rest begins', () => {
    const filler = (length: number) => ({ name: 'b', text: 'x'.repeat(length) });
    const answer = (length: number) => ({ ok: true as const, result: { connectors: [{ name: 'a' }, filler(length)], next: LONGEST_NAME } });
    const room = MAX - bytes(answer(0));
    for (let length = room - 100; length < room + 200; length += 1) {
      const { connectors, next } = (fitting(answer(length), MAX) as { result: OverviewResult }).result;
      expect(next).toBe(connectors.length === 2 ? LONGEST_NAME : 'b');
    }
  });

  it('of a plan tells all tasks, with a few names each', () => {
    const tasks = Array.from({ length: 100 }, (_, task) => ({
      task,
      change: 'create',
      partitions: names(50),
      gained: names(50),
      lost: [],
    }));
    const { result } = fitting({ ok: true, result: { connector: 'orders', tasks } }, MAX) as { result: PlanResult };
    expect(bytes(result)).toBeLessThanOrEqual(MAX);
    expect(result.tasks).toHaveLength(100);
  });
});
