import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { GivenConfig } from './items.ts';

/** Who asked for a change. */
export interface Actor {
  /** An IAM ARN, a user of this machine, or whatever the caller calls itself. Absent where nobody said: an event, a schedule. */
  readonly name?: string;
  /** The caller says so, and nothing proves it. */
  readonly claimed: boolean;
  /** The id of the planner function's request. CloudTrail knows who made it. Absent where the planner is no function. */
  readonly request?: string;
}

/** An option that a plan changes, as `OptionChange` of the planner has it. Secrets are references. */
export interface ChangedOption {
  readonly option: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What a change does, as far as that applies to it. */
export interface ChangeDetails {
  readonly options?: readonly ChangedOption[];
  /** How many tasks a plan creates, changes and deletes, and how many partitions move between tasks. */
  readonly plan?: { readonly created: number; readonly changed: number; readonly deleted: number; readonly moved: number };
  /** Partitions that came, and that went: how many, and the first of them. */
  readonly gained?: Names;
  readonly lost?: Names;
  readonly desired?: { readonly before: string; readonly after: string };
  /** Positions that were set: how many, and the first of them. A position is absent where the partition was never read, or starts over. */
  readonly altered?: {
    readonly count: number;
    readonly first: ReadonlyArray<{ readonly partition: string; readonly before?: string; readonly after?: string }>;
  };
  /** Tasks that were started anew. */
  readonly restarted?: { readonly count: number; readonly first: readonly number[] };
  /** The record that is passed over, and why it could not be copied. */
  readonly skipped?: { readonly place: string; readonly reason: string };
  /** Tables that are read once more. */
  readonly tables?: readonly string[];
  /** How many dead letters were redriven or dropped. */
  readonly letters?: number;
  /** The generation whose spec was put in force again. */
  readonly backTo?: number;
}

export interface Names {
  readonly count: number;
  readonly first: readonly string[];
}

/** A spec, and the plan that has it. */
export interface SpecOfPlan {
  readonly generation: number;
  readonly spec: ConnectorSpec;
  /** The text that the connector had then. */
  readonly given?: GivenConfig | undefined;
}

/** A change of a connector. It is stored before the first write of the change, and once more at its end. */
export interface Change {
  readonly connector: string;
  /** Names it among the changes of its connector, and sorts by time. */
  readonly id: string;
  /** When it began, ms since 1970. */
  readonly at: number;
  /** The planner's action, such as `apply`. */
  readonly action: string;
  readonly actor: Actor;
  /** `begun`: its planner is at work, or died, and the change may have been made. `failed`: it was not made, or only in part. */
  readonly state: 'begun' | 'done' | 'failed';
  /** The plan in force after it: its own, where it is one. */
  readonly generation: number;
  /** The plan took effect. Absent where the change is no plan, or where that is not known. */
  readonly inForce?: true;
  /** The spec of its plan. */
  readonly spec?: ConnectorSpec;
  /** The text that the connector had with it. */
  readonly given?: GivenConfig;
  /** The spec before, where it differs. */
  readonly before?: SpecOfPlan;
  readonly details: ChangeDetails;
  readonly error?: { readonly code: string; readonly message: string };
}
