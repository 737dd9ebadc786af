import type { StagedTask, TaskItem, TaskRef } from '../store.ts';
import { toTaskItem } from './codec.ts';
import { ABSENT, all, any, HELD_BY_THIS_PLAN, LEFT_OVER, NO_NEWER_PLAN_WAS_HERE, NOT_YET_IN_FORCE } from './conditions.ts';
import { givenUp } from './promotions.ts';
import { noTask } from './refusals.ts';
import type { TaskTable } from './task-table.ts';

const OWNER = 'planner';

const HOLD = '#plan = :generation, #leasePlan = :generation, #leaseOwner = :owner, #leaseUntil = :until';

/** What a plan writes on task items: fence, stage, promote. */
export class Plans {
  readonly #tasks: TaskTable;
  readonly #now: () => number;

  constructor(tasks: TaskTable, now: () => number) {
    this.#tasks = tasks;
    this.#now = now;
  }

  async fence(ref: TaskRef, generation: number, until: number, staged?: StagedTask): Promise<TaskItem> {
    const result = await this.#tasks.update(ref, {
      update: `SET ${HOLD}, #epoch = #epoch + :one, #rerun = #owed${staged === undefined ? '' : ', #staged = :staged'} REMOVE #leaseSince, #leaseToken`,
      // Where the plan is in force here already, this request is a late repeat, and the task may be running.
      condition: all(NO_NEWER_PLAN_WAS_HERE, NOT_YET_IN_FORCE),
      values: { generation, until, owner: OWNER, one: 1, ...(staged && { staged }) },
    });
    if (result.written) return toTaskItem(result.item);
    if (result.item === undefined) throw noTask(ref);
    throw givenUp(ref, generation, result.item);
  }

  /** Stages a plan. A new item's first epoch is the current time: a task that is deleted and made again never repeats an epoch. */
  async stage(ref: TaskRef, staged: StagedTask, until: number): Promise<void> {
    const { generation } = staged;
    const result = await this.#tasks.update(ref, {
      update: [
        `SET ${HOLD}, #staged = :staged, #epoch = if_not_exists(#epoch, :now) + :one`,
        '#generation = if_not_exists(#generation, :none), #positions = if_not_exists(#positions, :noPositions)',
        '#paused = if_not_exists(#paused, :false), #rerun = if_not_exists(#rerun, :false), #owed = if_not_exists(#owed, :false) REMOVE #leaseSince, #leaseToken',
      ].join(', '),
      condition: staged.remove ? any(HELD_BY_THIS_PLAN, LEFT_OVER) : any(ABSENT, HELD_BY_THIS_PLAN, LEFT_OVER),
      values: { generation, until, owner: OWNER, staged, now: this.#now(), one: 1, none: 0, noPositions: {}, false: false },
    });
    if (result.written || (staged.remove && result.item === undefined)) return;
    throw givenUp(ref, generation, result.item ?? {});
  }

  /** Frees the task. The staged plan may stay on the item: it never takes effect. */
  async unfence(ref: TaskRef, generation: number): Promise<void> {
    await this.#tasks.update(
      ref,
      {
        update: 'SET #epoch = #epoch + :one, #leaseUntil = :none REMOVE #leaseOwner, #leasePlan, #leaseToken',
        condition: HELD_BY_THIS_PLAN,
        values: { generation, one: 1, none: 0 },
      },
      'none',
    );
  }
}
