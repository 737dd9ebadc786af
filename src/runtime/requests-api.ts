import type { PeekRequest } from '../rocketmq/types.ts';
import type { DesiredState } from '../store/store.ts';
import type { DeadLetterRequest, DeadLettersRequest, LetterWorkRequest } from './letters-api.ts';

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
   * that exists is refused. With `revision`, from an `overview`, so is one that somebody has changed since.
   */
  | {
      readonly action: 'apply';
      readonly file: unknown;
      readonly given?: Readonly<Record<string, string>>;
      readonly initialState?: DesiredState;
      readonly create?: boolean;
      readonly revision?: string;
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
  /**
   * Puts the file of an earlier generation in force, as a new plan. With `dryRun` it says what that would do, and writes nothing. `revision` as
   * for `apply`.
   */
  | {
      readonly action: 'rollback';
      readonly connector: string;
      readonly generation: number;
      readonly dryRun?: boolean;
      readonly revision?: string;
    }
  /** Shows the last runs that copied something or failed. */
  | { readonly action: 'runs'; readonly connector: string; readonly limit?: number }
  /** Shows what connectors and tasks have counted, for monitoring: of all connectors, or of those from the name `from` on. */
  | { readonly action: 'metrics'; readonly from?: string }
  /** Shows what a connector's runs used since `since`, ms since 1970: that is what they cost. */
  | { readonly action: 'usage'; readonly connector: string; readonly since: number }
  /** Shows where each partition is. With `lag` it asks the system, or RocketMQ, how far each goes on behind that. */
  | { readonly action: 'offsets'; readonly connector: string; readonly lag?: boolean }
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
