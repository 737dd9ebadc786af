import type { Finding } from '../api/index.ts';
import type { PeekRequest } from '../rocketmq/types.ts';
import type { Counters, DesiredState, Failure, RunSummary, TaskRef } from '../store/store.ts';

/** What the planner does; the event of the planner function, and what the command line sends it. JSON only. */
export type PlannerRequest =
  /** Checks a connector file (parsed, not yet validated) against its spec and, with `reach`, against the systems it names. */
  | { readonly action: 'validate'; readonly file: unknown; readonly reach?: boolean }
  /** What `apply` would do. Writes nothing. */
  | { readonly action: 'plan'; readonly file: unknown }
  /** Puts a connector file in force. Repeatable: finishes what a planner that died left half done. */
  | { readonly action: 'apply'; readonly file: unknown }
  /** Plans again from the applied spec, for partitions that came or went, and without a change just syncs schedules. */
  | { readonly action: 'replan'; readonly connector: string }
  /** Plans again, to copy all rows of these tables (`database.table`) once more besides what is copied anyhow. */
  | { readonly action: 'snapshot'; readonly connector: string; readonly tables: readonly string[] }
  /** Starts the tasks now, all or the given ones. What an event source sends for event-triggered sync. */
  | {
      readonly action: 'run';
      readonly connector: string;
      readonly tasks?: readonly number[];
      /** A person asked: tasks that wait after a retriable failure try at once. Default false. */
      readonly byHand?: boolean;
    }
  | { readonly action: 'list' }
  /** Messages of a topic that a connector writes, or of one in the same RocketMQ. Takes nothing from anyone. */
  | ({ readonly action: 'peek'; readonly topic?: string; readonly connector?: string } & PeekRequest)
  /** `from`: only the tasks from this one on. */
  | { readonly action: 'status'; readonly connector: string; readonly from?: number }
  /** The last runs that copied something or failed. */
  | { readonly action: 'runs'; readonly connector: string; readonly limit?: number }
  /** Passes over one record that can't be copied, in the next run. `place`: as a stopped partition names it, `partition@id`. */
  | { readonly action: 'skip'; readonly connector: string; readonly place: string }
  | { readonly action: 'pause' | 'resume' | 'delete'; readonly connector: string };

export type PlannerAction = PlannerRequest['action'];

/** Failures are values, so that a caller over any transport sees code and remedy. */
export type PlannerResponse<R = unknown> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: ErrorReport };

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly retriable: boolean;
  /** Every finding where there is more than one. */
  readonly findings?: readonly Finding[];
}

export type TaskChange = 'create' | 'change' | 'delete' | 'keep';

export interface TaskDiff {
  readonly task: number;
  readonly change: TaskChange;
  /** After the plan; empty for a delete. */
  readonly partitions: readonly string[];
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** The spec it runs with differs (options, endpoint, batch …). */
  readonly configChanged: boolean;
}

/** An option that the plan changes. */
export interface OptionChange {
  /** As in a file: `source.startAt`. */
  readonly option: string;
  /** Secrets are references. Absent: not set. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Where it counts less than one would think, or not at all. */
  readonly effect?: string;
}

export interface PlanResult {
  readonly connector: string;
  readonly generation: number;
  readonly tasks: readonly TaskDiff[];
  /** Partitions that change their task. */
  readonly moved: number;
  readonly warnings: readonly Finding[];
  /** Against the spec in force; none for a connector that is new. */
  readonly options: readonly OptionChange[];
  /** Absent: nothing starts it by itself. */
  readonly schedule?: string;
  /** False where nothing differs, in the tasks or in what else the file says: an `apply` then wrote only schedules that were missing. */
  readonly changed: boolean;
  /** Only after an apply. */
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

export interface SkipResult extends TaskRef {
  readonly place: string;
  /** Why it can't be copied. */
  readonly reason: string;
}

export interface ConnectorSummary {
  readonly name: string;
  readonly type: string;
  readonly desired: DesiredState;
  readonly generation: number;
  /** A plan was begun and has not taken effect: run `apply` again. */
  readonly planPending: boolean;
  readonly tasks: number;
  readonly schedule?: string;
  /** When the schedule starts it next, ms since 1970, where that is known: a rate counts from when it was applied. */
  readonly nextStart?: number;
}

/** DEGRADED: the last run copied all but some partitions, which stand still. */
export type TaskState = 'RUNNING' | 'IDLE' | 'DEGRADED' | 'PAUSED' | 'FAILED' | 'RETRYING' | 'PLANNING';

export interface TaskStatus extends TaskRef {
  readonly state: TaskState;
  readonly generation: number;
  readonly positions: Readonly<Record<string, string>>;
  readonly partitions: readonly string[];
  readonly leaseUntil?: number;
  readonly counters: Counters;
  readonly lastRun?: RunSummary;
  readonly failure?: Failure;
}

export interface StatusResult extends ConnectorSummary {
  readonly taskStatus: readonly TaskStatus[];
  /** An answer that would be too long for its transport ends here: the rest is had by `status` with `from` this. */
  readonly next?: number;
}

/** Newest first; kept for 30 days. */
export interface RunsResult {
  readonly connector: string;
  readonly runs: ReadonlyArray<RunSummary & TaskRef>;
}

/** The planner, here or behind a function. */
export interface Planner {
  handle(request: PlannerRequest): Promise<PlannerResponse>;
}
