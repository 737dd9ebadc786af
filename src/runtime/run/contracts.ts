import type { ClientCache, Logger, TaskClass } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { QueuesModule, RocketmqModule } from '../../rocketmq/types.ts';
import type { RunSummary, TaskRef, TaskStore } from '../../store/store.ts';
import type { TaskTrigger } from '../../triggers/trigger.ts';

/** Replaces every reference inside a JSON value, such as `${env:NAME}`. Throws SECRET_UNRESOLVED, which names the option. */
export interface ResolveSecrets {
  <T>(value: T): Promise<T>;
  /** Forgets all values that are kept, so that each is read again. */
  forget?(): void;
}

/** What a task invocation needs. The function or the command line constructs it and keeps it warm between invocations. */
export interface TaskDeps {
  readonly store: TaskStore;
  /** Starts the task again where backlog is left, or a trigger came in while the task ran. */
  readonly continuation: TaskTrigger;
  readonly taskClasses: Readonly<Record<string, () => Promise<TaskClass>>>;
  /** Loads RocketMQ's client. A run calls it with its first record, so that an idle invocation never pays for it. */
  readonly loadRocketmq: () => Promise<RocketmqModule>;
  /** Loads what reads RocketMQ's queues, for a sink. */
  readonly loadQueues: () => Promise<QueuesModule>;
  readonly resolveSecrets: ResolveSecrets;
  readonly clients: ClientCache;
  readonly logger: Logger;
  /** Loads what sends a span for each run. Absent where nobody collects them. */
  readonly loadTracing?: () => Promise<TracingModule>;
}

/** What sends spans. */
export interface TracingModule {
  /** Sends a span for a run that did something. It takes a second at most, and never throws. */
  traceRun(
    outcome: TaskOutcome,
    spec: ConnectorSpec,
    deps: Pick<TaskDeps, 'resolveSecrets' | 'logger'>,
    invocation: Pick<Invocation, 'owner' | 'queued'>,
  ): Promise<void>;
}

export interface Invocation {
  /** When the process may be frozen or killed, ms since 1970. The lease ends a margin later. */
  readonly deadline: number;
  /** Names the holder of the lease, for people: a request id, or host and process id. */
  readonly owner: string;
  /** Says whether the holder of a lease is known to have ended. Default: that is known of none. */
  readonly isGone?: (owner: string) => boolean;
  /** When what is billed of the invocation began, ms since 1970: earlier than now where the process was started for it. Default: now. */
  readonly begunAt?: number;
  /** A message of the queue started it. Default false. */
  readonly queued?: boolean;
  /** The memory of the function, in MiB. Absent where there is no function. */
  readonly memoryMb?: number;
  /** The start was delivered before, and its receiver may have died over it. Default false. */
  readonly repeated?: boolean;
  readonly signal: AbortSignal;
}

/** What became of one invocation. A failure of the task is an outcome, too: the trigger has nothing to repeat. */
export interface TaskOutcome extends TaskRef {
  readonly outcome: 'ran' | 'failed' | 'busy' | 'paused' | 'absent' | 'not-before' | 'failed-before' | 'lease-lost';
  readonly type?: string;
  readonly summary?: RunSummary;
  /** With `busy`: who holds the task, since when and until when, ms since 1970. */
  readonly heldBy?: { readonly owner?: string; readonly since?: number; readonly until: number };
  /** A continuation is on its way. */
  readonly continued: boolean;
  /** Another start is due, and the trigger refused it: the sender of this one must deliver it again. */
  readonly owed?: true;
}
