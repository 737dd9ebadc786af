import type { ClientCache, Logger, TaskClass } from '../../api/index.ts';
import type { RocketmqModule } from '../../rocketmq/types.ts';
import type { RunSummary, TaskRef, TaskStore } from '../../store/store.ts';
import type { TaskTrigger } from '../../triggers/trigger.ts';

/** Replaces every `${env:NAME}`-like reference inside a JSON value; throws SECRET_UNRESOLVED naming the option. */
export interface ResolveSecrets {
  <T>(value: T): Promise<T>;
  /** Forgets all values that are kept, so that each is read again. */
  forget?(): void;
}

/** What one task invocation needs; constructed by the function or the command line, kept warm between invocations. */
export interface TaskDeps {
  readonly store: TaskStore;
  /** Asked for a continuation when backlog is left or a trigger came in while the task ran. */
  readonly continuation: TaskTrigger;
  readonly taskClasses: Readonly<Record<string, () => Promise<TaskClass>>>;
  /** Loads RocketMQ's client; called with the first record only, so that an idle invocation never pays for it. */
  readonly loadRocketmq: () => Promise<RocketmqModule>;
  readonly resolveSecrets: ResolveSecrets;
  readonly clients: ClientCache;
  readonly logger: Logger;
}

export interface Invocation {
  /** When the process may be frozen or killed, ms since 1970; the lease ends a margin later. */
  readonly deadline: number;
  /** Who holds the lease, for people: a request id, or host and process id. */
  readonly owner: string;
  /** Whether the holder of a lease is known to have ended. Default: that is not known of any. */
  readonly isGone?: (owner: string) => boolean;
  /** Its start was delivered before, and whoever got it may have died over it. Default false. */
  readonly repeated?: boolean;
  readonly signal: AbortSignal;
}

/** What became of one invocation. Failures of the task are an outcome, too: the trigger has nothing to repeat. */
export interface TaskOutcome extends TaskRef {
  readonly outcome: 'ran' | 'failed' | 'busy' | 'paused' | 'absent' | 'not-before' | 'failed-before' | 'lease-lost';
  readonly type?: string;
  readonly summary?: RunSummary;
  /** Who runs it since when and until when, ms since 1970, with `busy`. */
  readonly heldBy?: { readonly owner?: string; readonly since?: number; readonly until: number };
  /** A continuation was asked for. */
  readonly continued: boolean;
  /** Another start is due and could not be asked for: the sender of this one must deliver it again. */
  readonly owed?: true;
}
