import type { TaskRef } from './items.ts';
import type { BorrowResult, Lease } from './leases.ts';

/** A loan: the lease of a task without a run. */
export interface BorrowStore {
  /**
   * Takes the lease to look at the source without a run, also of a task that is paused or failed. What its next run will find on the item
   * stays as it is. `busy` means that someone else holds it.
   */
  borrow(ref: TaskRef, owner: string, until: number): Promise<BorrowResult>;
  /** Ends a lease that was borrowed, and changes nothing else. Repeatable. It does nothing where someone else holds the task by now. */
  giveBack(lease: Lease): Promise<void>;
}
