import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { Positions, TaskRef } from './items.ts';
import type { AcquireResult, Lease, Release } from './leases.ts';

/** One invocation of a task: two requests where there is nothing to copy. */
export interface LeaseStore {
  /**
   * Reads the spec of plan `generation` that `PlannedTask.spec` names. A spec never changes, so the store keeps those that it has read: they cost
   * one request in the life of a process. Undefined where it is gone, because no task of that plan is left.
   */
  getSpec(connector: string, generation: number, id: string): Promise<ConnectorSpec | undefined>;
  /**
   * Takes the lease when it is free or expired and the task may run now, or else says why not. It costs one request when acquired. `isGone`
   * says whether a holder is known to have ended: nobody needs to wait for its lease.
   */
  acquire(ref: TaskRef, owner: string, until: number, isGone?: (owner: string) => boolean): Promise<AcquireResult>;
  /**
   * Stores the positions of the partitions that moved. The others keep theirs. It costs a request per 200 positions. Without any, one
   * request finds out whether the lease is held.
   */
  checkpoint(lease: Lease, positions: Positions): Promise<void>;
  /** Ends the lease. Repeatable. `rerun` says that a trigger came in the meantime: the caller must ask for a continuation. */
  release(lease: Lease, result: Release): Promise<{ readonly rerun: boolean }>;
  /**
   * Ends the lease of a run that could not begin. The start is still owed. Returns false where somebody else has the task by now, or an earlier
   * attempt went through and its answer was lost.
   */
  putBack(lease: Lease): Promise<boolean>;
}
