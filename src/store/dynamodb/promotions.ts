import type { TaskItem, TaskRef } from '../store.ts';
import { toTaskItem } from './codec.ts';
import { all, NOT_HELD_BY_NEWER_PLAN, STAGED_CONFIG, STAGED_REMOVAL } from './conditions.ts';
import { superseded, taskName } from './refusals.ts';
import type { Attributes } from './table.ts';
import type { TaskTable } from './task-table.ts';

/** Puts staged plans in force, task by task: the planner does, and runs that find one. */
export class Promotions {
  readonly #tasks: TaskTable;
  readonly #now: () => number;

  constructor(tasks: TaskTable, now: () => number) {
    this.#tasks = tasks;
    this.#now = now;
  }

  async promote(ref: TaskRef, generation: number): Promise<TaskItem | undefined> {
    const moved = await this.#tasks.update(ref, {
      update: [
        'SET #planned = #staged.#planned, #positions = if_not_exists(#staged.#positions, #positions), #generation = :generation',
        '#epoch = #epoch + :one, #leaseUntil = :none REMOVE #staged, #failure, #standing, #unreleased, #leaseOwner, #leasePlan, #leaseToken',
      ].join(', '),
      condition: all(STAGED_CONFIG, NOT_HELD_BY_NEWER_PLAN),
      values: { generation, false: false, now: this.#now(), one: 1, none: 0 },
    });
    if (moved.written) return toTaskItem(moved.item);
    if (moved.item === undefined) return undefined;
    const found = toTaskItem(moved.item);
    if (found.generation === generation && found.staged === undefined) return found;
    if (found.staged?.generation === generation && found.staged.remove) {
      const removed = await this.#tasks.delete(ref, {
        condition: all(STAGED_REMOVAL, NOT_HELD_BY_NEWER_PLAN),
        values: { generation, true: true, now: this.#now() },
      });
      if (removed.written || removed.item === undefined) return undefined;
    }
    throw givenUp(ref, generation, moved.item);
  }
}

export const givenUp = (ref: TaskRef, generation: number, { plan }: Attributes) =>
  superseded(taskName(ref), generation, (plan as number) > generation ? `plan ${plan} was here` : 'its time ran out and the task ran on');
