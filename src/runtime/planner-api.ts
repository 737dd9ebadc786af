import type { Direction, Finding } from '../api/index.ts';
import type { PeekRequest } from '../rocketmq/types.ts';
import type { Change, Counters, DesiredState, Failure, RunItem, RunSummary, TaskRef } from '../store/store.ts';
import type { DeadLetterRequest, DeadLettersRequest, LetterWorkRequest } from './letters-api.ts';

export type * from './letters-api.ts';

/**
 * What the planner can be asked: the event of the planner function, and what the command line sends. JSON only. `actor` says who asks, for
 * the history of what is changed; at most 512 characters.
 */
export type PlannerRequest = PlannerAction & { readonly actor?: string };

export type PlannerAction =
  /** Checks a connector file (parsed, not yet validated) against its spec and, with `reach`, against the systems it names. */
  | { readonly action: 'validate'; readonly file: unknown; readonly reach?: boolean }
  /** Says what `apply` would do, and writes nothing. */
  | { readonly action: 'plan'; readonly file: unknown }
  /**
   * Puts a connector file in force. Repeatable: it finishes what a planner that died left half done. `given` is the text that the file was
   * made from, which `overview` gives back; `initialState` is that of a connector that is new (default RUNNING). With `create` a connector
   * that exists is refused.
   */
  | {
      readonly action: 'apply';
      readonly file: unknown;
      readonly given?: Readonly<Record<string, string>>;
      readonly initialState?: DesiredState;
      readonly create?: boolean;
    }
  /** Plans again from the applied spec, for partitions that came or went. Without a change it only syncs schedules. */
  | { readonly action: 'replan'; readonly connector: string }
  /** Plans again, to copy all rows of these tables (`database.table`) once more besides what is copied anyhow. */
  | { readonly action: 'snapshot'; readonly connector: string; readonly tables: readonly string[] }
  /** Starts the tasks now, all or the given ones. Event sources send it. */
  | {
      readonly action: 'run';
      readonly connector: string;
      readonly tasks?: readonly number[];
      /** A person asks: tasks that wait after a retriable failure try at once. Default false. */
      readonly byHand?: boolean;
    }
  | { readonly action: 'list' }
  /** Shows what is configured and the state of each task, of one connector (none where there is none of that name) or of all, those from the name `from` on. */
  | { readonly action: 'overview'; readonly connector?: string; readonly from?: string }
  /** Shows messages of a topic that a connector writes, or of one in the same RocketMQ. It takes them from no consumer. */
  | ({ readonly action: 'peek'; readonly topic?: string; readonly connector?: string } & PeekRequest)
  /** Shows a connector and its tasks, those from `from` on. Default: all. */
  | { readonly action: 'status'; readonly connector: string; readonly from?: number }
  /** Shows the connector file in force, or that of an earlier generation, with defaults filled in. Secrets are references. */
  | { readonly action: 'config'; readonly connector: string; readonly generation?: number }
  /** Shows who changed a connector, also one that was deleted. `limit` is 1 to 1,000, default 20. */
  | { readonly action: 'history'; readonly connector: string; readonly limit?: number }
  /** Puts the file of an earlier generation in force, as a new plan. With `dryRun` it says what that would do, and writes nothing. */
  | { readonly action: 'rollback'; readonly connector: string; readonly generation: number; readonly dryRun?: boolean }
  /** Shows the last runs that copied something or failed. */
  | { readonly action: 'runs'; readonly connector: string; readonly limit?: number }
  /** Shows what connectors and tasks have counted, for monitoring: of all connectors, or of those from the name `from` on. */
  | { readonly action: 'metrics'; readonly from?: string }
  /** Shows what a connector's runs used since `since`, ms since 1970: that is what they cost. */
  | { readonly action: 'usage'; readonly connector: string; readonly since: number }
  /** Shows where each partition is. */
  | { readonly action: 'offsets'; readonly connector: string }
  /**
   * Sets where partitions go on: `offsets` has positions by partition; null lets one start over, where the configuration says. Without
   * `offsets` all partitions start over. A run under way stores nothing more, and is started again.
   */
  | { readonly action: 'alter-offsets'; readonly connector: string; readonly offsets?: Readonly<Record<string, string | null>> }
  /** Lets the next run pass over one record that can't be copied. A stopped partition names its `place`: `partition@id`. */
  | { readonly action: 'skip'; readonly connector: string; readonly place: string }
  | DeadLettersRequest
  | DeadLetterRequest
  | LetterWorkRequest
  /** Clears failures and starts tasks: all, the given ones, those that failed. A run under way ends without storing more. */
  | { readonly action: 'restart'; readonly connector: string; readonly tasks?: readonly number[]; readonly onlyFailed?: boolean }
  | { readonly action: 'pause' | 'stop' | 'resume' | 'delete'; readonly connector: string };

/** Failures are values, so that a caller over any transport sees code and remedy. */
export type PlannerResponse<R = unknown> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: ErrorReport };

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly retriable: boolean;
  /** All findings, where there is more than one. */
  readonly findings?: readonly Finding[];
}

export type TaskChange = 'create' | 'change' | 'delete' | 'keep';

export interface TaskDiff {
  readonly task: number;
  readonly change: TaskChange;
  /** The partitions that the task has after the plan; empty for a delete. */
  readonly partitions: readonly string[];
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** The task runs with another spec (options, endpoint, batch …). */
  readonly configChanged: boolean;
}

/** An option that the plan changes. */
export interface OptionChange {
  /** Its name in a file: `source.startAt`. */
  readonly option: string;
  /** The value before; absent where it was not set. Secrets are references. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Says where the change counts less than one would think, or not at all. */
  readonly effect?: string;
}

export interface PlanResult {
  readonly connector: string;
  readonly generation: number;
  readonly tasks: readonly TaskDiff[];
  /** How many partitions change their task. */
  readonly moved: number;
  readonly warnings: readonly Finding[];
  /** Compared with the spec in force; none for a connector that is new. */
  readonly options: readonly OptionChange[];
  /** Absent where only events and people start the tasks. */
  readonly schedule?: string;
  /** False where neither the tasks differ nor anything else in the file. An `apply` then wrote only schedules that were missing. */
  readonly changed: boolean;
  /** Present after an apply. */
  readonly schedules?: { readonly created: number; readonly changed: number; readonly deleted: number; readonly kept: number };
}

export interface ValidateResult {
  readonly connector: string;
  readonly findings: readonly Finding[];
}

export interface RunResult {
  readonly connector: string;
  readonly started: number;
}

export interface RestartResult {
  readonly connector: string;
  readonly restarted: readonly number[];
}

export interface SkipResult extends TaskRef {
  readonly place: string;
  /** Why the record can't be copied. */
  readonly reason: string;
}

export interface ConfigResult {
  readonly connector: string;
  /** The plan that has it. */
  readonly generation: number;
  /** As `apply` takes it. */
  readonly file: Readonly<Record<string, unknown>>;
}

/** A change without the specs that it keeps: `config` with its generation shows these. */
export type HistoryEntry = Omit<Change, 'spec' | 'before'>;

/** The changes of the last year, the newest first. */
export interface HistoryResult {
  readonly connector: string;
  readonly changes: readonly HistoryEntry[];
}

export interface PartitionOffset {
  readonly partition: string;
  readonly task: number;
  /** Absent where the partition was never read. */
  readonly position?: string;
}

/** The partitions of the plan in force, by name. */
export interface OffsetsResult {
  readonly connector: string;
  readonly offsets: readonly PartitionOffset[];
}

export interface AlteredOffset {
  readonly partition: string;
  /** Absent where the partition was never read. A run that was under way may have been further. */
  readonly before?: string;
  /** Absent where the partition starts over. */
  readonly after?: string;
}

export interface AlterOffsetsResult {
  readonly connector: string;
  /** The plan that has the new positions. Absent where nothing differed. */
  readonly generation?: number;
  readonly altered: readonly AlteredOffset[];
}

/**
 * PAUSED and STOPPED as people want it. Otherwise DEGRADED where a task has failed, waits after a failure, or has partitions that stand still;
 * FAILED where all tasks wait for `resume`; STALLED where none of that is so, and a task with something left to copy has copied nothing while
 * two of its starts were due; else RUNNING.
 */
export type ConnectorState = DesiredState | 'DEGRADED' | 'FAILED' | 'STALLED';

export interface ConnectorSummary {
  readonly name: string;
  readonly type: string;
  readonly desired: DesiredState;
  readonly state: ConnectorState;
  /** With DEGRADED, FAILED and STALLED: why, a line for each of the first tasks. */
  readonly reason?: string;
  readonly generation: number;
  /** A plan was started and has not taken effect: run `apply` again. */
  readonly planPending: boolean;
  readonly tasks: number;
  readonly schedule?: string;
  /** When the schedule starts the tasks next, ms since 1970. Absent for a rate, which counts from when it was applied. */
  readonly nextStart?: number;
}

/** A task in an overview. */
export interface TaskOverview {
  readonly task: number;
  readonly state: TaskState;
  /** Code, message and remedy of what is wrong. Absent where nothing is. */
  readonly trouble?: string;
}

export interface ConnectorOverview extends Omit<ConnectorSummary, 'tasks'> {
  readonly direction: Direction;
  /** As `apply` takes it, with defaults filled in. */
  readonly file: Readonly<Record<string, unknown>>;
  /** The text that the file in force was made from. Absent where it was made from none. */
  readonly given?: Readonly<Record<string, string>>;
  readonly tasks: readonly TaskOverview[];
}

/** Connectors by name. */
export interface OverviewResult {
  readonly connectors: readonly ConnectorOverview[];
  /** The answer ends here, because the whole would be too long for its transport. `overview` with this as `from` brings the rest. */
  readonly next?: string;
}

/** DEGRADED means that the last run copied all partitions but some, which stand still. */
export type TaskState = 'RUNNING' | 'IDLE' | 'DEGRADED' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'RETRYING' | 'PLANNING';

export interface TaskStatus extends TaskRef {
  readonly state: TaskState;
  readonly generation: number;
  readonly positions: Readonly<Record<string, string>>;
  readonly partitions: readonly string[];
  readonly leaseUntil?: number;
  readonly counters: Counters;
  readonly lastRun?: RunSummary;
  /** When the last run ended that copied records, ms since 1970. Absent where none did. */
  readonly lastRecordAt?: number;
  /** The task has something left to copy, and has copied nothing since then, ms since 1970, while two of its starts were due. */
  readonly stalledSince?: number;
  readonly failure?: Failure;
}

/** What monitoring needs of a task. It has no text of an error or a record. */
export interface TaskMetrics {
  readonly task: number;
  readonly state: TaskState;
  /** How many it has, and how many of them stood still at the end of the last run. */
  readonly partitions: number;
  readonly stopped: number;
  readonly counters: Counters;
  readonly leaseUntil?: number;
  readonly lastRecordAt?: number;
  readonly lastRun?: Pick<RunSummary, 'startedAt' | 'endedAt' | 'outcome' | 'records' | 'lagRecords' | 'lagMs' | 'memoryMb'>;
  readonly failure?: Pick<Failure, 'code' | 'count' | 'at' | 'notBefore' | 'fatal'>;
}

export interface ConnectorMetrics extends Omit<ConnectorSummary, 'reason'> {
  readonly direction: Direction;
  /** The topic in RocketMQ. Absent where there are several. */
  readonly topic?: string;
  /** When the plan in force took effect, ms since 1970. */
  readonly plannedAt?: number;
  readonly taskMetrics: readonly TaskMetrics[];
}

export interface MetricsResult {
  readonly connectors: readonly ConnectorMetrics[];
  /** The answer ends here, because the whole would be too long for its transport. `metrics` with this as `from` brings the rest. */
  readonly next?: string;
}

export interface UsageResult {
  readonly connector: string;
  /** The time it is about, ms since 1970. */
  readonly from: number;
  readonly until: number;
  /** Of all tasks together. Between two runs that have an item, runs without one are spread evenly. */
  readonly usage: Counters;
  /** The memory of the function, in MiB. Absent where no function ran them. */
  readonly memoryMb?: number;
  readonly tasks: number;
  readonly schedule?: string;
  readonly timeZone: string;
}

export interface StatusResult extends ConnectorSummary {
  readonly taskStatus: readonly TaskStatus[];
  /** The answer ends here, because the whole would be too long for its transport. `status` with this as `from` brings the rest. */
  readonly next?: number;
}

/** The runs of the last 30 days, the newest first. */
export interface RunsResult {
  readonly connector: string;
  readonly runs: ReadonlyArray<RunItem & TaskRef>;
}

/** The planner, in this process or behind a function. */
export interface Planner {
  handle(request: PlannerRequest): Promise<PlannerResponse>;
}
