import { ConnectError } from '../../api/index.ts';
import type { TaskItem } from '../../store/store.ts';
import type { Draft } from './make-plan.ts';

/** This time is kept free at the planner's end, to give back the tasks that it holds. */
const END_RESERVE_MS = 15_000;

/** A plan that is being put in force. */
export interface Plan {
  readonly name: string;
  readonly generation: number;
  /** When the planner's time is over. */
  readonly until: number;
  readonly draft: Draft;
  /** Names the draft's spec: see `PlannedTask.spec`. */
  readonly spec: string;
  /** Tasks that it writes. */
  readonly touched: readonly number[];
  /** The task items as they were listed. */
  readonly items: ReadonlyMap<number, TaskItem>;
  /** Tasks that it holds, or may hold; true: it took them from a run. */
  readonly held: Map<number, boolean>;
}

/** Throws TIMEOUT where the planner's time does not allow another write. */
export function inTime({ name, until }: Plan): void {
  if (Date.now() < until - END_RESERVE_MS) return;
  throw new ConnectError('TIMEOUT', `the plan of connector ${name} takes longer than its planner may run; nothing was changed`, {
    retriable: true,
    remedy: 'raise plannerTimeout, or lower maxTasks',
  });
}
