import { describe, expect, it } from '@jest/globals';
import { positionsSeenBy } from '../../../src/runtime/run/in-force.ts';
import type { StagedTask, TaskItem } from '../../../src/store/store.ts';
import { idleTask, plannedTask } from '../../support/specs.ts';

const item = (task: number, generation: number, positions: Record<string, string>, staged?: StagedTask): TaskItem =>
  idleTask({
    task,
    planned: plannedTask(Object.keys(positions)),
    generation,
    positions: new Map(Object.entries(positions)),
    ...(staged === undefined ? {} : { staged }),
  });
const staged = (generation: number, positions: Record<string, string>): Extract<StagedTask, { remove: false }> => ({
  generation,
  remove: false,
  planned: plannedTask(Object.keys(positions)),
  positions: new Map(Object.entries(positions)),
});

describe('positions that a task sees', () => {
  const seen = async (own: TaskItem, ...others: TaskItem[]) =>
    Object.fromEntries((await positionsSeenBy(own, { listTasks: async () => [own, ...others] })).positions);

  it('are those of the plan it runs by, also on tasks whose planner died before it promoted them', async () => {
    const own = item(0, 2, { a: '1', b: '5' });
    expect(await seen(own, item(1, 1, { b: '3', c: '7' }, staged(2, { c: '7' })))).toEqual({ a: '1', b: '5', c: '7' });
    expect(await seen(own, item(1, 1, { b: '3' }, { generation: 2, remove: true }))).toEqual({ a: '1', b: '5' });
  });

  it('are its own where the plan leaves a task its positions', async () => {
    const own = item(0, 2, { a: '1' });
    const { positions: _, ...inPlace } = staged(2, { b: '' });
    expect(await seen(own, item(1, 1, { b: '3' }, inPlace))).toEqual({ a: '1', b: '3' });
  });

  it('are not those of a plan that was never flipped to', async () => {
    expect(await seen(item(0, 1, { a: '1' }), item(1, 1, { c: '7' }, staged(2, { a: '0' })))).toEqual({ a: '1', c: '7' });
  });
});
