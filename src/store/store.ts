import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { ConnectorItem, DesiredState, KeptTask, Positions, StagedTask, TaskItem, TaskRef } from './items.ts';
import type { AcquireResult, BorrowResult, Lease, Release } from './leases.ts';
import type { RunSummary } from './run-summary.ts';

export type * from './items.ts';
export type * from './leases.ts';
export type * from './run-summary.ts';

/**
 * The only state there is. Every write is one conditional request on one item; a condition that fails is thrown as
 * ConnectError LEASE_LOST (task writes) or PLAN_SUPERSEDED (plan writes), and the writer must stop.
 * A vendor's fault is thrown as a retriable ConnectError (UNREACHABLE, THROTTLED, TIMEOUT) or FORBIDDEN / NOT_FOUND.
 */
export interface ConnectStore {
  // ---- connectors
  getConnector(name: string): Promise<ConnectorItem | undefined>;
  listConnectors(): Promise<ConnectorItem[]>;
  setDesired(name: string, desired: DesiredState): Promise<ConnectorItem>;

  // ---- a plan: begin, fence + stage each task, flip, promote each task. See docs/architecture.md
  /** Creates the item where there is none; raises `lastGeneration` and returns it. From now on older plans' writes fail. */
  beginPlan(name: string, spec: ConnectorSpec): Promise<number>;
  /**
   * Says that the planner of this plan is at work until `until`, at most. Once that has passed, the plan can't take effect any more, and
   * runs take the tasks back that it holds. Fails when it has passed, or a newer plan or a delete was begun.
   */
  extendPlan(name: string, generation: number, until: number): Promise<void>;
  /** Ends a plan before its flip. `in-force`: its flip went through after all, and only its answer was lost. */
  giveUpPlan(name: string, generation: number): Promise<'given-up' | 'in-force'>;
  /** Frees a task that a plan holds which was given up. Nothing is done where the plan no longer holds it. */
  unfence(ref: TaskRef, generation: number): Promise<void>;
  /** Keeps positions of partitions that the plan takes away until `untilMs`, ms since 1970. */
  keepPositions(connector: string, generation: number, kept: KeptTask, untilMs: number): Promise<void>;
  /** All that are still kept, the oldest first. */
  keptPositions(connector: string): Promise<KeptTask[]>;
  /**
   * Takes the task for plan `generation` until `until`, also from a run. Returns the item as it was last written; `rerun` is true where a
   * run was interrupted. Fails when a newer plan has touched the task. `staged`: staged in the same write, which needs no more than one
   * where the task keeps its positions.
   */
  fence(ref: TaskRef, generation: number, until: number, staged?: StagedTask): Promise<TaskItem>;
  /** Stages what the plan makes of the task; creates the item for a task that is new. Fails when the fence did not hold until here. */
  stage(ref: TaskRef, staged: StagedTask, until: number): Promise<void>;
  /** The moment the plan takes effect: one write on the connector, refused when a newer plan or a delete was begun or `until` has passed. */
  flip(
    name: string,
    plan: { readonly generation: number; readonly spec: ConnectorSpec; readonly tasks: number; readonly until: number },
  ): Promise<ConnectorItem>;
  /** Puts the staged plan in force on one task (or deletes it) and frees it. Repeatable; returns undefined when the task is gone. Clears failure. */
  promote(ref: TaskRef, generation: number): Promise<TaskItem | undefined>;
  /** Marks the connector as being deleted: no plan begins after it. */
  beginDelete(name: string): Promise<void>;
  deleteTask(ref: TaskRef): Promise<void>;
  /** Last step of a delete. Run items stay until they expire. */
  deleteConnector(name: string): Promise<void>;

  // ---- tasks
  listTasks(connector: string): Promise<TaskItem[]>;
  setPaused(ref: TaskRef, paused: boolean): Promise<void>;
  /** The next run passes over this place; clears a failure, so that there is a next run. */
  addSkip(ref: TaskRef, place: string): Promise<void>;
  /** Clears a failure, so that a FAILED task runs again. */
  clearFailure(ref: TaskRef): Promise<void>;
  /** Ends the pause after a failure that another try may mend; the count of failures stays. Does nothing where there is none. */
  endWait(ref: TaskRef): Promise<void>;

  // ---- one invocation: two requests when there is nothing to copy
  /** Takes the lease when it is free or expired and the task may run now, else says why not. One request when acquired. `isGone`: whether a holder is known to have ended, whose lease need not be waited for. */
  acquire(ref: TaskRef, owner: string, until: number, isGone?: (owner: string) => boolean): Promise<AcquireResult>;
  /** `positions` of the partitions that moved; the others keep theirs. One request per 200 of them, one where there are none: is the lease held? */
  checkpoint(lease: Lease, positions: Positions): Promise<void>;
  /** Ends the lease; repeatable. `rerun`: a trigger came in the meantime and the caller must ask for a continuation. */
  release(lease: Lease, result: Release): Promise<{ readonly rerun: boolean }>;
  /**
   * Takes the lease to look at the source without a run, also of a task that is paused or failed: what its next run will find on the item
   * stays as it is. `busy`: someone else holds it.
   */
  borrow(ref: TaskRef, owner: string, until: number): Promise<BorrowResult>;
  /** Ends a lease that was borrowed, and changes nothing else. Repeatable; does nothing where someone else holds the task by now. */
  giveBack(lease: Lease): Promise<void>;
  /** Keeps the summary of a run that moved records or failed, for 30 days. */
  putRun(ref: TaskRef, summary: RunSummary): Promise<void>;
  listRuns(connector: string, limit: number): Promise<Array<RunSummary & TaskRef>>;

  /** Requests made since the store was constructed. */
  readonly requests: number;
  close(): void;
}

/** What a task invocation may do to the store; the role of its function allows nothing else. */
export type TaskStore = Pick<
  ConnectStore,
  'acquire' | 'checkpoint' | 'release' | 'putRun' | 'getConnector' | 'promote' | 'listTasks' | 'requests'
>;

/** What a planner may do to the store. */
export type PlannerStore = Omit<ConnectStore, 'acquire' | 'checkpoint' | 'release' | 'putRun' | 'borrow' | 'giveBack'>;

/** What looks at a source without a run. */
export type LoanStore = Pick<ConnectStore, 'borrow' | 'giveBack' | 'listTasks'>;
