import type { Failure, Positions, StagedTask, TaskItem, TaskRef } from './items.ts';
import type { Counters, RunSummary, StoppedPartition } from './run-summary.ts';

/** The right to write a task until `until`. The epoch proves it. */
export interface Lease extends TaskRef {
  readonly epoch: number;
  readonly owner: string;
  readonly until: number;
}

export type AcquireResult =
  | { readonly outcome: 'acquired'; readonly lease: Lease; readonly item: TaskItem }
  /** Someone else holds the task. `rerun` is set, so this trigger is not lost. */
  | {
      readonly outcome: 'busy';
      readonly until: number;
      readonly owner?: string;
      /** When the run that holds it started, ms since 1970. */
      readonly since?: number;
      /** Identifies the run that holds the task; absent where a plan or a sample holds it. */
      readonly epoch?: number;
      /** The caller is the first to find it so. If the holder is dead, nobody else sees to a start at the end of its lease. */
      readonly first?: true;
    }
  | { readonly outcome: 'paused' | 'absent' }
  /** `staged`: a plan that, if it is in force, ends the failure once the task is promoted to it. */
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly staged?: StagedTask }
  | { readonly outcome: 'not-before'; readonly notBefore: number; readonly staged?: StagedTask };

export type BorrowResult =
  | { readonly outcome: 'borrowed'; readonly lease: Lease; readonly item: TaskItem }
  | { readonly outcome: 'busy'; readonly until: number; readonly owner?: string }
  | { readonly outcome: 'absent' };

export interface Release {
  /** The positions as for `checkpoint`. */
  readonly positions: Positions;
  readonly summary: RunSummary;
  /** The same write adds them to the task's counters. */
  readonly counted: Counters;
  /** See `TaskItem`. Each stays as it was where it is absent. */
  readonly lastRecordAt?: number;
  readonly progressAt?: number;
  /** Nothing was left to copy, so the task is not behind any more. Default false. */
  readonly caughtUp?: boolean;
  /** Replaces the task's failure. Where it is absent, the failure is cleared. */
  readonly failure?: Failure;
  /** Places that were passed over: the item forgets them. Default none. */
  readonly skipped?: ReadonlySet<string>;
  /** See `TaskItem`. It replaces those of before. Default none. */
  readonly standing?: readonly StoppedPartition[];
}
