import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { Change } from './changes.ts';
import type { ConnectorItem, DesiredState, GivenConfig, KeptTask, Positions, StagedTask, TaskItem, TaskRef, TaskToWatch } from './items.ts';
import type { AcquireResult, BorrowResult, Lease, Release } from './leases.ts';
import type { LetterMarks, RedriveLease, RedriveResult } from './letters.ts';
import type { ParkedKeys } from './parked-keys.ts';
import type { RunItem } from './run-summary.ts';

export type * from './changes.ts';
export type * from './items.ts';
export type * from './leases.ts';
export type * from './letters.ts';
export type * from './parked-keys.ts';
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
  /**
   * Sets `desiredAt` of a connector that is RUNNING to now, so that whoever starts its tasks elsewhere starts them. It does nothing where the
   * connector is not RUNNING.
   */
  noteStart(name: string): Promise<void>;
  /**
   * Keeps the text that the spec in force was made from. Returns false, and keeps nothing, where the connector is not as it was read: another
   * plan is in force, its text is another one, or it is gone.
   */
  keepGiven(connector: ConnectorItem, given: GivenConfig): Promise<boolean>;
  /** Replaces `ConnectorItem.waiting`. It does nothing where there is no such connector. */
  noteWaiting(name: string, waiting: Readonly<Record<string, number>>): Promise<void>;

  // ---- a plan: begin, fence + stage each task, flip, promote each task. See docs/architecture.md
  /**
   * Raises `lastGeneration` and returns it. Creates the item where there is none, in the state `initial` (default RUNNING). A plan for a
   * connector that `exists` fails instead: somebody has deleted it. `tasks` says how many tasks the plan has (default: the spec's `maxTasks`):
   * one with a higher number must not be staged. From now on writes of older plans fail. It keeps the spec for the runs of the tasks that the
   * plan stages.
   */
  beginPlan(
    name: string,
    spec: ConnectorSpec,
    options?: { readonly initial?: DesiredState | undefined; readonly exists?: boolean; readonly tasks?: number },
  ): Promise<number>;
  /**
   * Says that the planner of this plan is at work until `until`, at most. Once that has passed, the plan can't take effect any more, and
   * runs take the tasks back that it holds. Fails when it has passed, or a newer plan or a delete was started.
   */
  extendPlan(name: string, generation: number, until: number): Promise<void>;
  /** Ends a plan before its flip. `in-force` means that the flip went through after all, and only its answer was lost. */
  giveUpPlan(name: string, generation: number): Promise<'given-up' | 'in-force'>;
  /** Frees a task that a plan holds which was given up. It does nothing where the plan no longer holds the task. */
  unfence(ref: TaskRef, generation: number): Promise<void>;
  /** Keeps positions of partitions that the plan takes away until `untilMs`, ms since 1970. */
  keepPositions(connector: string, generation: number, kept: KeptTask, untilMs: number): Promise<void>;
  /** Lists the positions that are still kept, the oldest first. */
  keptPositions(connector: string): Promise<KeptTask[]>;
  /**
   * Takes the task for plan `generation` until `until`, also from a run. Returns the item as it was last written. Its `rerun` is true where
   * a run was interrupted. Fails when a newer plan has touched the task. The same write stages `staged`, so one write is enough where the
   * task keeps its positions.
   */
  fence(ref: TaskRef, generation: number, until: number, staged?: StagedTask): Promise<TaskItem>;
  /** Stages what the plan makes of the task. Creates the item of a task that is new. Fails when the fence did not hold until now. */
  stage(ref: TaskRef, staged: StagedTask, until: number): Promise<void>;
  /**
   * Puts the plan in force with one write on the connector, also the text that its spec was made from where it is `given`. Fails when a newer
   * plan or a delete was started, or `until` has passed.
   */
  flip(
    name: string,
    plan: {
      readonly generation: number;
      readonly spec: ConnectorSpec;
      readonly given?: GivenConfig | undefined;
      readonly tasks: number;
      readonly until: number;
    },
  ): Promise<ConnectorItem>;
  /**
   * Puts the staged plan in force on one task, or deletes the task. Frees it and clears its failure. Returns undefined when the task is
   * gone. Repeatable.
   */
  promote(ref: TaskRef, generation: number): Promise<TaskItem | undefined>;
  /** Marks the connector as being deleted: no plan begins after it. */
  beginDelete(name: string): Promise<void>;
  /** The last step of a delete: tasks lose their leases and positions. Repeatable. Run items stay until they expire. */
  deleteConnector(name: string): Promise<void>;

  /**
   * Removes what plans before `generation`, which is in force and promoted, left behind: specs, but for those of `generations`. `tasks`: no task has
   * this number or a higher one. Repeatable.
   */
  forgetPlans(
    connector: string,
    generation: number,
    left: { readonly generations: ReadonlySet<number>; readonly tasks: number },
  ): Promise<void>;

  // ---- tasks
  listTasks(connector: string): Promise<TaskItem[]>;
  setPaused(ref: TaskRef, paused: boolean): Promise<void>;
  /** Ends a pause and clears a failure. */
  resumeTask(ref: TaskRef): Promise<void>;
  /** Lets the next run pass over this place. Clears a failure, so that there is a next run. */
  addSkip(ref: TaskRef, place: string): Promise<void>;
  /** Clears a failure, so that a FAILED task runs again. */
  clearFailure(ref: TaskRef): Promise<void>;
  /**
   * Ends the pause after a failure that another try may mend. The count of failures stays. It does nothing where there is no such failure.
   */
  endWait(ref: TaskRef): Promise<void>;

  // ---- a look: nothing is written
  /**
   * Reads the connector and its tasks for a look, perhaps as they were a moment ago, at half the price of other reads. One request for the
   * connector, and one for each MiB of task items.
   */
  watch(name: string): Promise<{ readonly connector?: ConnectorItem; readonly tasks: readonly TaskToWatch[] }>;

  // ---- one invocation: two requests when there is nothing to copy
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
  /**
   * Takes the lease to look at the source without a run, also of a task that is paused or failed. What its next run will find on the item
   * stays as it is. `busy` means that someone else holds it.
   */
  borrow(ref: TaskRef, owner: string, until: number): Promise<BorrowResult>;
  /** Ends a lease that was borrowed, and changes nothing else. Repeatable. It does nothing where someone else holds the task by now. */
  giveBack(lease: Lease): Promise<void>;
  /** Keeps the summary of a run that moved records or failed, for 30 days. */
  putRun(ref: TaskRef, run: RunItem): Promise<void>;
  listRuns(connector: string, limit: number): Promise<Array<RunItem & TaskRef>>;
  /**
   * Reads the runs that started since `since`, ms since 1970, in the order of their starts, or with `before` those that started before it, the
   * newest first. The caller breaks off when it has seen enough: no more is read then.
   */
  runsFrom(connector: string, since: number, before?: boolean): AsyncIterable<RunItem & TaskRef>;

  // ---- who changed what
  /** Stores a change, in place of what was stored under its id, for a year from its beginning. It outlives the connector. */
  putChange(change: Change): Promise<void>;
  getChange(connector: string, id: string): Promise<Change | undefined>;
  /** Lists the changes of the connector, the newest first. Default: all. */
  listChanges(connector: string, limit?: number): Promise<Change[]>;

  // ---- dead letters
  /** Lists what became of the connector's dead letters. */
  letterMarks(connector: string): Promise<LetterMarks[]>;
  /** Stores the marks of a stretch where they are of the version that was read. Resolves with them as they are then; undefined where somebody else was faster. */
  putLetterMarks(marks: LetterMarks): Promise<LetterMarks | undefined>;
  /** Deletes marks whose letters are gone. It does nothing where they are of another version. */
  forgetLetterMarks(marks: LetterMarks): Promise<void>;
  /** Takes the right to redrive. `isGone` as for `acquire`. */
  takeRedrive(connector: string, owner: string, until: number, isGone?: (owner: string) => boolean): Promise<RedriveResult>;
  /** Ends it. Repeatable. It does nothing where somebody else has it by now. */
  endRedrive(lease: RedriveLease): Promise<void>;

  // ---- keys whose later records become dead letters, too
  /** Lists the parked keys of the connector, an entry for each queue that ever had some. */
  parkedKeys(connector: string): Promise<ParkedKeys[]>;
  /**
   * Reads the parked keys of a queue, and raises their version: writes of whoever read them before fail. The caller then finds out whether it
   * still holds its lease.
   */
  takeParkedKeys(connector: string, queue: string): Promise<ParkedKeys>;
  /** Stores the keys where they are of the version that was read. Resolves with them as they are then; undefined where somebody else was faster. */
  putParkedKeys(parked: ParkedKeys): Promise<ParkedKeys | undefined>;

  /** How many requests were made since the store was constructed. */
  readonly requests: number;
  /** What they cost, as DynamoDB reports it with its answers. A write whose condition failed counts as the one before it. */
  readonly consumed: Consumed;
  close(): void;
}

/** Request units of DynamoDB. */
export interface Consumed {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Those of the latest write: of what a run writes on one item, the next write costs as much. */
  readonly lastWriteUnits: number;
}

/** What a task invocation may do to the store. The role of its function allows nothing else. */
export type TaskStore = Pick<
  ConnectStore,
  | 'acquire'
  | 'getSpec'
  | 'checkpoint'
  | 'release'
  | 'putBack'
  | 'putRun'
  | 'getConnector'
  | 'promote'
  | 'listTasks'
  | 'takeParkedKeys'
  | 'putParkedKeys'
  | 'requests'
  | 'consumed'
>;

/** What a look may do to the store. The role of its function allows nothing else. */
export type WatchStore = Pick<ConnectStore, 'watch' | 'getConnector' | 'listTasks' | 'requests'>;

/** What a planner may do to the store. */
export type PlannerStore = Omit<
  ConnectStore,
  'acquire' | 'getSpec' | 'checkpoint' | 'release' | 'putBack' | 'putRun' | 'borrow' | 'giveBack' | 'takeParkedKeys'
>;

/** What a sample may do to the store: it looks at a source without a run. */
export type LoanStore = Pick<ConnectStore, 'borrow' | 'giveBack' | 'listTasks' | 'getSpec'>;
