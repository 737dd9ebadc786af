import type { Failure, Positions, TaskItem, TaskRef } from './items.ts';
import type { Counters, RunSummary, StoppedPartition } from './run-summary.ts';

/** The right to write a task until `until`: proof is the epoch. */
export interface Lease extends TaskRef {
  readonly epoch: number;
  readonly owner: string;
  readonly until: number;
}

export type AcquireResult =
  | { readonly outcome: 'acquired'; readonly lease: Lease; readonly item: TaskItem }
  /** Someone else holds it; `rerun` is set, so this trigger is not lost. */
  | {
      readonly outcome: 'busy';
      readonly until: number;
      readonly owner?: string;
      /** When the run began that holds it, ms since 1970. */
      readonly since?: number;
      /** Tells the run that holds it from all others; absent where a plan or a look at the source does. */
      readonly epoch?: number;
      /** The first to find it so: where the holder is dead, nobody else sees to a start at the end of its lease. */
      readonly first?: true;
    }
  | { readonly outcome: 'paused' | 'absent' }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: 'not-before'; readonly notBefore: number };

export type BorrowResult =
  | { readonly outcome: 'borrowed'; readonly lease: Lease; readonly item: TaskItem }
  | { readonly outcome: 'busy'; readonly until: number; readonly owner?: string }
  | { readonly outcome: 'absent' };

export interface Release {
  /** As for `checkpoint`. */
  readonly positions: Positions;
  readonly summary: RunSummary;
  /** Added to the task's counters, in the same write. */
  readonly counted: Counters;
  /** Replaces the task's failure; absent clears it. */
  readonly failure?: Failure;
  /** Places that were passed over: nobody has to know them any more. Default none. */
  readonly skipped?: ReadonlySet<string>;
  /** See `TaskItem`. Replaces those of before; default none. */
  readonly standing?: readonly StoppedPartition[];
}
