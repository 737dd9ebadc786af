import type { Finding } from '../api/index.ts';
import type { LookTimes } from '../config/look-times.ts';
import type { Change } from '../store/store.ts';

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

/** With a freshness it has the times between looks. */
export interface PlanResult extends Partial<LookTimes> {
  readonly connector: string;
  readonly generation: number;
  readonly tasks: readonly TaskDiff[];
  /** How many partitions change their task. */
  readonly moved: number;
  readonly warnings: readonly Finding[];
  /** Compared with the spec in force; none for a connector that is new. */
  readonly options: readonly OptionChange[];
  /** Absent where a freshness says when looks come, or only events and people start the tasks. */
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
