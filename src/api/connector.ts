import type { z } from 'zod';
import type { ClientCache } from './client-cache.ts';
import type { Logger } from './logger.ts';
import type { Position } from './record.ts';
import type { SinkTaskClass } from './sink-task.ts';
import type { SourceTaskClass } from './source-task.ts';

export type Direction = 'source' | 'sink';

/** One kind of connector, e.g. `kafka-source`. Its spec is the one place that states its options. */
export interface ConnectorType<C = unknown> {
  readonly type: string;
  readonly direction: Direction;
  /** One sentence for `describe` and the docs. */
  readonly summary: string;
  /** Options with unit, bounds, default and description each; validation, docs and JSON schema derive from it. */
  readonly config: z.ZodType<C>;
  /** Options that count only for partitions which were never read: `startAt`. A plan says so where they change later. */
  readonly startOptions?: readonly string[];
  /** The partition names that a config names without asking the system are not known here: `create` may not do I/O. */
  create(config: C, context: ConnectorContext): Connector;
}

export interface ConnectorContext {
  readonly connector: string;
  readonly logger: Logger;
  readonly clients: ClientCache;
  /** What starts the tasks besides events and calls, as EventBridge Scheduler takes it. */
  readonly schedule?: { readonly expression: string; readonly timeZone: string };
  /** The topics of RocketMQ that a sink reads, as far as they are known: a pattern may select none yet. Absent for a source. */
  readonly topics?: readonly string[];
  /** Aborted when the caller gives up; every call to the system must end soon after. */
  readonly signal: AbortSignal;
}

/** Runs inside the planner: one configuration of one data system, split into task configs. */
export interface Connector {
  /** Names the task to create: a key of the task registry. */
  readonly taskClass: string;
  /**
   * Reaches the system and looks at address, credentials, permissions and names. Called by `validate` and before every plan.
   * Returns every finding it can, within 10 s; throws only what is not about the configuration.
   */
  check(): Promise<Finding[]>;
  /**
   * RocketMQ topics that records will name besides `rocketmq.topic`, as far as they are known now. Called before every plan, which
   * ends where one can't be written. Absent: records name none. Throws as `taskConfigs` does.
   */
  topics?(): Promise<RecordTopics>;
  /**
   * The split: between 1 and `maxTasks` configs, every partition in exactly one of them; `[]` when there is nothing to copy.
   * `previous` is the split in force: moves as few partitions as it can (see `assignSticky`). `positions` is where its partitions
   * are, as last checkpointed: tasks that run may be further by now, never back. `queues` names the queues of the topics that a sink
   * reads, `topic:broker:queue` each, which are its partitions (see `splitQueues`); a source gets none.
   * A throw ends the plan with nothing written; the caller may run it again.
   */
  taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    positions: ReadonlyMap<string, Position>,
    queues?: readonly string[],
  ): Promise<TaskConfig[]>;
  /**
   * Whether a partition may leave the split because all of it is copied, or is read anew under another name. `position`: where it is;
   * `split`: what `taskConfigs` returned. A plan that nobody watches is refused where others leave it. Absent: none may.
   */
  isFinished?(partition: string, position: Position | undefined, split: readonly TaskConfig[]): boolean;
  /**
   * Whether a partition that comes back is the one that an earlier plan (`before`) took away, and goes on where it was, instead of
   * where the configuration says. Absent: it is not. Not asked of a sink: where a topic was made again, its position shows it.
   */
  isSame?(partition: string, before: TaskConfig, now: TaskConfig): boolean;
  /**
   * Says why the partition can't go on at the position, in a few words; undefined where it can. Without a position it would start over. `offsets alter` asks it before it stores
   * a position that a person gives. `taskConfig` is that of the task which has the partition. Absent: positions of this system can't be altered. Not asked of a sink: its positions are offsets of
   * queues.
   */
  positionProblem?(partition: string, position: Position | undefined, taskConfig: TaskConfig): string | undefined;
  /**
   * Where the target of a sink keeps positions itself, for people: `table shop.positions`. Positions in the store can't be altered then,
   * because the later one counts. Absent: it keeps none.
   */
  readonly positionsAreIn?: string | undefined;
  /**
   * Asks for all rows of these tables (`database.table`) once more: the `taskConfigs` that follows plans for it. Absent: the system
   * has none that could be read again. Throws CONFIG_INVALID for a name that the configuration leaves out, and as `taskConfigs` does.
   */
  requestSnapshot?(tables: readonly string[]): Promise<void>;
  /**
   * Names the partitions of `split` that may have something to copy, so that the tasks of all others need not be started. `positions` is
   * where they are, as last stored. Called at each time of the schedule, perhaps in a process that nothing else was asked of, so it takes as
   * few requests as it can, changes nothing in the system, and ends within 10 s or soon after the signal is aborted.
   * A partition without a position was never read and is named. So is one in doubt, and one that can't be read on: its run says why. One
   * that is not named has nothing behind its position that a run could copy now. Partitions that came after the plan are left to the next plan.
   * A map says how many records each has to copy, where the system tells that: people see it as lag.
   * Resolves with `unknown` where the system can't tell: all tasks are started then, as they are after a throw. Absent: it never can. Not
   * asked of a sink: the ends of its queues tell.
   */
  pending?(split: readonly TaskConfig[], positions: ReadonlyMap<string, Position>): Promise<PendingPartitions | 'unknown'>;
  /** Called once, last, also after a throw. */
  stop(): Promise<void>;
}

/** Names of partitions that have something to copy. A map has how many records that are at most, undefined where nobody knows. */
export type PendingPartitions = ReadonlySet<string> | ReadonlyMap<string, number | undefined>;

/** Topics that records name, and why. */
export interface RecordTopics {
  readonly names: readonly string[];
  /** What makes them: `source.topicTemplate`. Findings about a topic name it. */
  readonly option: string;
}

/** What `check` found. An `error` stops a plan, a `warning` is shown. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly code: string;
  /** The option it is about: `source.topics`. */
  readonly option: string;
  readonly message: string;
  readonly remedy: string;
}

/** One task's share. JSON only, and no secrets: it is stored. */
export interface TaskConfig {
  /** Partition names, each at most 512 characters. */
  readonly partitions: readonly string[];
  /** What the connector wants to tell its task besides its configuration. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What a task is given. `config` is the connector's configuration with secrets resolved. */
export interface TaskContext<C = unknown> {
  readonly connector: string;
  /** Index of the task in its plan, from 0. */
  readonly task: number;
  readonly config: C;
  readonly taskConfig: TaskConfig;
  readonly logger: Logger;
  readonly clients: ClientCache;
  /** Aborted at the deadline or on a stop request; a pending `poll` must end soon after. */
  readonly signal: AbortSignal;
}

/** A task class as the registry loads it, only in the function that runs it. */
export type TaskClass =
  | { readonly direction: 'source'; readonly create: SourceTaskClass<never> }
  | { readonly direction: 'sink'; readonly create: SinkTaskClass<never> };
