import type { TaskContext } from './connector.ts';
import type { ConnectError } from './errors.ts';
import type { Position, SourceRecord } from './record.ts';

export interface SourceTaskContext<C = unknown> extends TaskContext<C> {
  /** The position at which each partition resumes. A partition without one was never read, and starts where the configuration says. */
  readonly positions: ReadonlyMap<string, Position>;
  /** For a task that waits for others. Each call asks the store. */
  positionsOfAll(): Promise<PositionsOfAll>;
}

export interface PositionsOfAll {
  /** The last checkpoint of each partition of the connector, of all tasks. A partition that is absent was never read. */
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
  /**
   * Sentences for people about this run: records that were lost and that a policy passed over, or partitions that no task reads. The runtime
   * logs them, and `run`, `status` and `runs` show them.
   */
  readonly notices?: readonly string[];
}

export interface Lag {
  readonly records?: number;
  readonly ms?: number;
  /**
   * What other tasks have to do before this one can go on, in a few words. The run then ends as `waiting`, not as `caught-up`. Absent where
   * the task waits for none.
   */
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
