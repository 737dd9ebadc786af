import type { Direction } from '../api/index.ts';
import type { LookTimes } from '../config/look-times.ts';
import type { Counters, DesiredState, Failure, RunItem, RunSummary, TaskRef } from '../store/store.ts';

/**
 * PAUSED and STOPPED as people want it. Otherwise DEGRADED where a task has failed, waits after a failure, or has partitions that stand still;
 * FAILED where all tasks wait for `resume`; STALLED where none of that is so, and a task with something left to copy has copied nothing while
 * two of its starts were due; else RUNNING.
 */
export type ConnectorState = DesiredState | 'DEGRADED' | 'FAILED' | 'STALLED';

/** With a freshness it has the times between looks. */
export interface ConnectorSummary extends Partial<LookTimes> {
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
  /**
   * How old data at the target may be, in ms: since when a task has had something left to copy. 0 where the last runs and looks left nothing.
   * Absent of a connector that is paused, stopped, or was never planned.
   */
  readonly ageMs?: number;
  /** How old it should be at most, in ms: the freshness, or the time between two starts of the schedule. Absent where nothing starts it again. */
  readonly targetMs?: number;
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
  /** Another text each time that the configuration changes. */
  readonly revision: string;
  readonly tasks: readonly TaskOverview[];
}

/** Connectors by name. */
export interface OverviewResult {
  readonly connectors: readonly ConnectorOverview[];
  /** The answer ends here, because the whole would be too long for its transport. `overview` with this as `from` brings the rest. */
  readonly next?: string;
}
