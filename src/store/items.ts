import type { Position, TaskConfig } from '../api/index.ts';
import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { Counters, RunSummary, StoppedPartition } from './run-summary.ts';

/** PAUSED: runs may end, and none starts. STOPPED: runs are ended, and there are no schedules. Positions are kept in both. */
export type DesiredState = 'RUNNING' | 'PAUSED' | 'STOPPED';

export interface ConnectorItem {
  readonly name: string;
  /** The spec as applied, with secrets as references. */
  readonly spec: ConnectorSpec;
  readonly desired: DesiredState;
  /** When it was last set, or a person last restarted tasks, ms since 1970. Absent where neither was. */
  readonly desiredAt?: number;
  /** The number of the plan in force; 0 before the first flip. */
  readonly generation: number;
  /** The number of the newest plan that was started. It is higher than `generation` while a plan is under way or died. */
  readonly lastGeneration: number;
  /** How many tasks the plan in force has. */
  readonly tasks: number;
  /** When the plan in force took effect, ms since 1970. */
  readonly plannedAt?: number;
  /** The flat text that a spec was made from, and the fingerprint of that spec: of another one it says nothing. */
  readonly given?: GivenConfig;
  /** Since when tasks wait for a start, ms since 1970 by number, as the last audit found. Absent before one found any. */
  readonly waiting?: Readonly<Record<string, number>>;
  /** A delete was started. Only a repeated delete may go on with it. */
  readonly deleting?: boolean;
}

export interface GivenConfig {
  readonly config: Readonly<Record<string, string>>;
  readonly madeInto: string;
}

export interface TaskRef {
  readonly connector: string;
  readonly task: number;
}

/** What a plan gives one task. */
export interface PlannedTask {
  readonly taskClass: string;
  readonly taskConfig: TaskConfig;
  /** Names the connector's spec among those of its plan: see `specId`. The spec itself is stored once for all tasks of a plan. */
  readonly spec: string;
  /**
   * Until then, ms since 1970, runs that this plan or an earlier one interrupted may still send what they had read. Absent where there are
   * none.
   */
  readonly quietAt?: number;
}

/** A task of a plan that is worked out and not written. */
export type WantedTask = Omit<PlannedTask, 'spec'>;

export type Positions = ReadonlyMap<string, Position>;

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** How many failures came in a row. A run that ends well sets it back to none. */
  readonly count: number;
  readonly at: number;
  /** No run starts before this time, ms since 1970. */
  readonly notBefore: number;
  /** The task is FAILED: no run starts before `resume`, whatever the trigger. */
  readonly fatal: boolean;
}

/** What a staged plan makes of a task: its next config and positions, or its end. Without `positions` the task keeps its own. */
export type StagedTask =
  | { readonly generation: number; readonly remove: false; readonly planned: PlannedTask; readonly positions?: Positions }
  | { readonly generation: number; readonly remove: true };

/** What a plan took away from one task. */
export interface KeptTask {
  readonly task: number;
  /** The config as it was planned, also with partitions that stayed. */
  readonly taskConfig: TaskConfig;
  /** The positions of the partitions that went and were read. */
  readonly positions: Positions;
}

export interface TaskItem extends TaskRef {
  /** Absent on a task that was only staged so far. */
  readonly planned?: PlannedTask;
  readonly generation: number;
  readonly positions: Positions;
  /** The epoch rises whenever someone takes the task. A write that carries an older one fails. */
  readonly epoch: number;
  readonly leaseOwner?: string;
  /** When the run that holds the lease started, ms since 1970. Absent where no run holds it. */
  readonly leaseSince?: number;
  readonly leaseUntil: number;
  readonly paused: boolean;
  /** How many runs in a row did not release the lease: the one that holds it now, and those before it that died. Absent for none. */
  readonly unreleased?: number;
  /** A trigger found the task busy, or a plan took it from a run: the process that frees the task must start it again. */
  readonly rerun: boolean;
  /** Places (`partition@id`) that the next run passes over, because a user said so. */
  readonly skips: ReadonlySet<string>;
  /** Partitions that stand at a record, and that no run reads before a person has done something about it. Absent where there are none. */
  readonly standing?: readonly StoppedPartition[];
  readonly failure?: Failure;
  readonly lastRun?: RunSummary;
  /** When the last run ended that copied records, ms since 1970. Absent where none did. */
  readonly lastRecordAt?: number;
  /** When the task last made a checkpoint, copied records or had nothing left to copy, ms since 1970. */
  readonly progressAt?: number;
  /** When the first run started since the task may have had something left to copy, ms since 1970. Absent where the last run left nothing. */
  readonly behindSince?: number;
  readonly counters: Counters;
  /** When the first run that is counted began, ms since 1970. Absent on a task that never ran. */
  readonly countedSince?: number;
  readonly staged?: StagedTask;
}

/** What a look needs of a task. */
export interface TaskToWatch
  extends Pick<
    TaskItem,
    | 'connector'
    | 'task'
    | 'generation'
    | 'positions'
    | 'leaseOwner'
    | 'leaseUntil'
    | 'paused'
    | 'rerun'
    | 'skips'
    | 'standing'
    | 'failure'
    | 'lastRecordAt'
    | 'staged'
  > {
  readonly lastRun?: Pick<RunSummary, 'startedAt' | 'endedAt'>;
  readonly planned?: Pick<PlannedTask, 'taskConfig'>;
}
