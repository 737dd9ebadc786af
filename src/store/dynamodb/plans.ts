import type { StagedTask, TaskItem, TaskRef } from '../store.ts';
import { toTaskItem } from './codec.ts';
import {
  ABSENT,
  all,
  any,
  HELD_BY_THIS_PLAN,
  LEFT_OVER,
  NO_NEWER_PLAN_WAS_HERE,
  NOT_HELD_BY_NEWER_PLAN,
  NOT_YET_IN_FORCE,
  STAGED_CONFIG,
  STAGED_REMOVAL,
} from './conditions.ts';
import { noTask, superseded, taskName } from './refusals.ts';
import type { Attributes } from './table.ts';
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
    throw given(ref, generation, result.item);
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
    throw given(ref, generation, result.item ?? {});
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
    throw given(ref, generation, moved.item);
  }
}

const given = (ref: TaskRef, generation: number, { plan }: Attributes) =>
  superseded(taskName(ref), generation, (plan as number) > generation ? `plan ${plan} was here` : 'its time ran out and the task ran on');
