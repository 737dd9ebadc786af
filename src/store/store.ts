import type { Position, TaskConfig } from '../api/index.ts';
import type { ConnectorSpec } from '../config/connector-spec.ts';

export type DesiredState = 'RUNNING' | 'PAUSED';

export interface ConnectorItem {
  readonly name: string;
  /** As applied, secrets as references. */
  readonly spec: ConnectorSpec;
  readonly desired: DesiredState;
  /** The plan in force; 0 before the first flip. */
  readonly generation: number;
  /** The newest plan that was begun; higher than `generation` while one is under way or died. */
  readonly lastGeneration: number;
  /** Number of tasks of the plan in force. */
  readonly tasks: number;
  /** When the plan in force was flipped to, ms since 1970. */
  readonly plannedAt?: number;
  /** A delete was begun; only a repeated delete may go on with it. */
  readonly deleting?: boolean;
}

export interface TaskRef {
  readonly connector: string;
  readonly task: number;
}

/** What a plan gives one task, with the connector's spec, so that an invocation reads one item only. */
export interface PlannedTask {
  readonly taskClass: string;
  readonly taskConfig: TaskConfig;
  readonly spec: ConnectorSpec;
  /** Until then, ms since 1970, runs that this plan or an earlier one interrupted may still send what they had read. Absent: none. */
  readonly quietAt?: number;
}

export type Positions = ReadonlyMap<string, Position>;

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Failures in a row; a run that ends well sets it back to none. */
  readonly count: number;
  readonly at: number;
  /** No run before this time, ms since 1970. */
  readonly notBefore: number;
  /** FAILED: no run until `resume`, whatever the trigger. */
  readonly fatal: boolean;
}

/** A partition that a run could not go on with. The next run tries again. */
export interface StoppedPartition {
  readonly partition: string;
  /** `partition@id` of the record that it stands at; absent where no record is at fault. `skip` takes it. */
  readonly place?: string;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  /** It may go on by itself. */
  readonly retriable: boolean;
}

/** A record that a user let a run pass over. */
export interface SkippedPlace {
  readonly place: string;
  /** Why it could not be copied. */
  readonly reason: string;
}

/** What one invocation did; also the body of its run item. */
export interface RunSummary {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `quiet`: nothing more came, and the source does not tell whether more is there. */
  readonly outcome: 'caught-up' | 'quiet' | 'waiting' | 'limit' | 'deadline' | 'interrupted' | 'failed';
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly lagRecords?: number;
  readonly lagMs?: number;
  /** What other tasks have to do first; with `waiting`. */
  readonly waitsFor?: string;
  /** Why the end of the source is not known; with `quiet`. */
  readonly endUnknown?: string;
  /** Partitions that stand still, the first ten; the others were copied. */
  readonly stopped?: readonly StoppedPartition[];
  /** All that stand still, where there are more than ten. */
  readonly stoppedPartitions?: number;
  /** What the run passed over because a user said so, the first ten. */
  readonly skipped?: readonly SkippedPlace[];
  /** What a person should know about the run, the first ten sentences. */
  readonly notices?: readonly string[];
  readonly dynamodbRequests?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Counters {
  readonly invocations: number;
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly dynamodbRequests: number;
}

/** What a staged plan makes of a task: its next config and positions, or its end. */
export type StagedTask =
  | { readonly generation: number; readonly remove: false; readonly planned: PlannedTask; readonly positions: Positions }
  | { readonly generation: number; readonly remove: true };

/** What a plan took away from one task. */
export interface KeptTask {
  readonly task: number;
  /** As it was planned, also with partitions that stayed. */
  readonly taskConfig: TaskConfig;
  /** Only of the partitions that went, and were read. */
  readonly positions: Positions;
}

export interface TaskItem extends TaskRef {
  /** Absent on a task that was only staged so far. */
  readonly planned?: PlannedTask;
  readonly generation: number;
  readonly positions: Positions;
  /** Raised whenever someone takes the task; a write that carries an older one fails. */
  readonly epoch: number;
  readonly leaseOwner?: string;
  readonly leaseUntil: number;
  readonly paused: boolean;
  /** Runs in a row, with the one that has the lease, of which none ended by itself: those before it died. Absent: none. */
  readonly unreleased?: number;
  /** A trigger found the task busy, or a plan took it from a run: whoever frees the task has to start it again. */
  readonly rerun: boolean;
  /** Places (`partition@id`) that the next run passes over, because a user said so. */
  readonly skips: ReadonlySet<string>;
  readonly failure?: Failure;
  readonly lastRun?: RunSummary;
  readonly counters: Counters;
  readonly staged?: StagedTask;
}

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
}

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
  /** Takes the task from whoever runs it until `until`, for plan `generation`; the item as it was last written, with `rerun` where a run was interrupted. Fails when a newer plan has been here. */
  fence(ref: TaskRef, generation: number, until: number): Promise<TaskItem>;
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
