import type { z } from 'zod';
import type { ClientCache } from './client-cache.ts';
import type { ConnectError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Position, SinkRecord, SourceRecord } from './record.ts';

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
   * Says why the partition can't go on at the position, in a few words; undefined where it can. Without a position it would start anew. `offsets alter` asks it before it stores
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
  /** Called once, last, also after a throw. */
  stop(): Promise<void>;
}

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

export interface SourceTaskContext<C = unknown> extends TaskContext<C> {
  /** Where to resume, by partition; a partition that is absent was never read: start where the configuration says. */
  readonly positions: ReadonlyMap<string, Position>;
  /** For a task that waits for others. Each call asks the store. */
  positionsOfAll(): Promise<PositionsOfAll>;
}

export interface PositionsOfAll {
  /** Where every partition of the connector is, as last checkpointed, whichever task has it; absent: never read. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Until then, ms since 1970, runs that a plan interrupted may still send what they had read. In the past where there are none. */
  readonly quietAt: number;
}

export interface PollLimit {
  /** At least 1. */
  readonly maxRecords: number;
  /** Keys, values and headers together. One record may pass it, so that a large record can't block its partition. */
  readonly maxBytes: number;
}

export interface PollResult {
  readonly records: readonly SourceRecord[];
  /**
   * Places reached without a record after the last one (skipped control batches, filtered rows, a start that was resolved
   * from `latest`): stored once every record returned so far for the partition is acknowledged. Optional, with one exception: a poll
   * must report a start that the task had to look up, and a later poll brings the partition's first record. The runtime stores the start
   * before it sends that record.
   */
  readonly positions?: ReadonlyMap<string, Position>;
  /** True once everything is read that was there when the run began. The runtime stops polling then. */
  readonly caughtUp: boolean;
  /**
   * Partitions that can't be read on in this run, with the reason, each reported once: what was read of them before is still
   * copied, and the poll goes on with the others. The next run tries again. Where no partition is left, the task fails with the
   * first reason. A throw is for what stops all partitions: no connection, no permission at all.
   */
  readonly stopped?: ReadonlyMap<string, ConnectError>;
  /** What a person should know about this run, a sentence each: lost records that a policy passed over, partitions that no task reads. Logged, and shown in `run`, `status` and `runs`. */
  readonly notices?: readonly string[];
}

export interface Lag {
  readonly records?: number;
  readonly ms?: number;
  /** Where the task can't go on before others have: what they have to do, in a few words. It counts as waiting, not as caught up. */
  readonly waitsFor?: string;
  /** Why the end of the source is not known, as a sentence: the run then ends as `quiet` (nothing more came), not as `caught-up`. */
  readonly unknown?: string;
}

/**
 * Reads a bounded batch from the source. One instance serves one invocation.
 * The runtime calls: start, poll 1..n times (never two at once), acknowledged at any time from then on, lag at most once, stop.
 * A throw of a retriable ConnectError ends the run, what was acknowledged is kept, and the next trigger goes on; any other
 * throw counts as a failure of the task. The source itself retries only within a call, and never past `signal`.
 */
export interface SourceTask {
  start(): Promise<void>;
  poll(limit: PollLimit): Promise<PollResult>;
  /**
   * RocketMQ has everything of the partition up to `position`, which is that of a record or place that `poll` returned. Called
   * as soon as it is known, also while a `poll` is pending, and always before `stop`; may neither block nor throw. Queue systems
   * acknowledge here, for all messages up to it at once. What they deliver again, because nobody acknowledged it, is a repeat, never a loss.
   */
  acknowledged?(partition: string, position: Position): void;
  /**
   * The store has these positions, by partition, so the task may report them to other systems. The runtime calls it once after `start`
   * with all positions that were stored before, and after each checkpoint with those that moved in this run. Calls never overlap: the
   * next call has all positions that moved during the last one. Copying does not wait for a call. A task with this method also gets a
   * checkpoint at the end of a run, and up to 5 s for the last call before `stop`, less near the deadline. The method resolves with
   * sentences that a person should read, as `PollResult.notices`.
   */
  stored?(positions: ReadonlyMap<string, Position>): Promise<readonly string[]>;
  /**
   * The partition has stopped at a record that can't be copied: no more of it is wanted in this run, and it no longer counts for
   * `caughtUp`. Called as soon as that is known, also while a poll is pending, which must not wait for the partition any more; may not
   * throw. Absent: what comes of it is thrown away, and comes again in the next run.
   */
  leave?(partition: string): void;
  /**
   * Whether each reading of this partition counts at the source, which drops a record that was read too often. Such a partition, once
   * it stands at a record that can't be copied, is not given to the task again before a person has done something about it: `skip`,
   * `resume`, or a changed file. Asked at the end of a run. Absent: none is, and the next run finds the record again.
   */
  wearsOut?(partition: string): boolean;
  /**
   * Records that are left to read, as far as that is known without asking the system; undefined where it is not. For people who watch a
   * run: called between polls, may neither block nor throw.
   */
  remaining?(): number | undefined;
  /** How far behind the source's end the task is; asked at the end of a run. */
  lag?(): Promise<Lag>;
  /**
   * Called once, last, also after a throw of `start`. Leaves no timer behind, and no socket outside `clients`. `withinMs`: the time until
   * the run goes on without it, 2 s at least but for very short runs, and 10 s where the run has them.
   */
  stop(withinMs?: number): Promise<void>;
}

export type SourceTaskClass<C = unknown> = new (context: SourceTaskContext<C>) => SourceTask;

/** Records of one lane, in the order of the queue. With `sink.ordering: key` records of other lanes are missing between them. */
export interface SinkBatch {
  /**
   * Batches of one lane are written one after the other; those of different lanes may be written at once. The name of the queue, which is one
   * lane; with `sink.ordering: key` a queue has several: `topic:broker:queue#3`.
   */
  readonly lane: string;
  /** The queue that all of them are from, `topic:broker:queue`: their own one, or that of their dead letters where these are redriven. */
  readonly partition: string;
  /** At least one. */
  readonly records: readonly SinkRecord[];
  /**
   * The position behind the last record. A target that keeps positions stores it in the same transaction. With `sink.ordering: key` what is
   * before it may not be written yet.
   */
  readonly position: Position;
  /**
   * A target that keeps positions awaits it right before it commits one. It makes dead letters of refused records before these, because a
   * death after the commit would lose them. It rejects where that fails; the target then rolls the transaction back.
   */
  readonly settled?: () => Promise<void>;
  /** No write may begin after it, ms since 1970. */
  readonly deadline: number;
  /**
   * Aborted when the lease is lost, and some seconds after a stop request: the call ends soon after, by a throw where it is not known what
   * is durable.
   */
  readonly signal: AbortSignal;
}

/**
 * A record that the target refuses for good: RECORD_REFUSED with the reason. `index` is its place in `SinkBatch.records`. The runtime adds
 * to the message where the record is, and to the remedy what `errors.tolerance` can do.
 */
export interface FailedRecord {
  readonly index: number;
  readonly error: ConnectError;
}

export interface SinkTaskContext<C = unknown> extends TaskContext<C> {
  /** The stored position of each queue. A queue that is absent was never read. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Number of the run that holds the task. Every later run has a larger one, so that a target can turn away a run that was thought dead. */
  readonly epoch: number;
}

/**
 * Writes a bounded batch to the target. One instance serves one invocation.
 * The runtime calls: start, write 0..n times (one at a time for each lane), stop. It stores a position only when everything before it is
 * durable in the target, or is a dead letter.
 */
export interface SinkTask {
  /** Most records of a batch. What a batch holds counts as copied when all of it is: a slow target takes small ones. Default 1,000. */
  readonly maxRecords?: number;
  /**
   * Opens what the task writes to. Called only when there is a record to write. `positions`: those that the target keeps by itself, in its
   * own transactions. Of each queue the later one counts, this or the stored one, which also passes dead letters. A run with
   * `sink.ordering: key` fails where there are any, also none of a queue: a position is one of a whole queue.
   */
  start(): Promise<{ readonly positions?: ReadonlyMap<string, Position> }>;
  /**
   * Writes the records in their order. When it resolves, all but `failed` are durable in the target. A throw of a retriable ConnectError
   * says nothing about any record: the same records come again, in this run after a pause, for up to 30 s, or in the next one.
   * A task that does not know which record is refused throws RECORD_REFUSED: the runtime halves the batch until it finds the record. A
   * target that keeps positions always throws it, because its transaction would pass the record. Any other throw fails the task. If more
   * than half of 10 records or more are refused, the task fails, too: its configuration is at fault. Refusals that are `expected` do not
   * count. A repeat of a record makes the same target record: neither clock nor chance count.
   */
  write(batch: SinkBatch): Promise<{ readonly failed?: readonly FailedRecord[] }>;
  /** Called once, last, also after a throw of `start`. As `SourceTask.stop`. */
  stop(withinMs?: number): Promise<void>;
}

export type SinkTaskClass<C = unknown> = new (context: SinkTaskContext<C>) => SinkTask;

/** A task class as the registry loads it, only in the function that runs it. */
export type TaskClass =
  | { readonly direction: 'source'; readonly create: SourceTaskClass<never> }
  | { readonly direction: 'sink'; readonly create: SinkTaskClass<never> };
