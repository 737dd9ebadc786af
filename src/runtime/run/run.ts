import type { Lag, Logger } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { Lease, PlannedTask, TaskItem, TaskRef } from '../../store/store.ts';
import type { AckTracker } from './ack-tracker.ts';
import type { TaskDeps } from './contracts.ts';
import type { PartitionStops } from './partition-stops.ts';
import type { RunSecrets } from './run-secrets.ts';
import type { TimeBudget } from './time-budget.ts';

/** A task whose lease is held. */
export interface HeldTask {
  readonly item: TaskItem;
  readonly lease: Lease;
  /** The connector's spec in the plan that the task runs. */
  readonly spec: ConnectorSpec;
}

/** What a run has, whichever the direction in which it copies. */
export interface Run extends HeldTask {
  /** The task's share, without the partitions that stand still. */
  readonly planned: PlannedTask;
  readonly deps: TaskDeps;
  readonly budget: TimeBudget;
  /** It aborts when reading must end. */
  readonly signal: AbortSignal;
  /** It aborts when the invocation is asked to end before its time is over. */
  readonly stopRequest: AbortSignal;
  readonly tracker: AckTracker;
  readonly stops: PartitionStops;
  readonly secrets: RunSecrets;
  readonly notices: Notices;
}

/** Why a copier stopped reading. `stopped`: no partition is left that it could read on. */
export type CopyEnd = 'caught-up' | 'limit' | 'aborted' | 'stopped';

/** What the other side has acknowledged. */
export interface Copied {
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
}

/** The part of a run that depends on the direction: a source's records go to RocketMQ. One copier serves one run. */
export interface Copier {
  /**
   * Copies until the first bound of the run and makes checkpoints on the way. The run calls it once, and only where a partition is left.
   * When it settles, nothing is in flight, and the tracker knows what was acknowledged. It throws what ended the copying.
   */
  copy(): Promise<CopyEnd>;
  /** What is left to copy. The run calls it after `copy` has resolved. It may throw: an unknown lag fails no run. */
  lag(): Promise<Lag>;
  /** See `SourceTask.wearsOut`. */
  wearsOut(partition: string): boolean;
  readonly copied: Copied;
  /**
   * Frees what the copier holds; never throws. The run calls it last, before it frees the lease: what a queue system gets back must be
   * there for the next run, in its order.
   */
  close(): Promise<void>;
}

const NOTICES_KEPT = 10;

/** Sentences of a run that a person should read: logged, and kept for the summary. A sentence that is kept is not logged again. */
export class Notices {
  readonly #logger: Logger;
  readonly #task: TaskRef;
  readonly #kept = new Set<string>();

  constructor(logger: Logger, { connector, task }: TaskRef) {
    this.#logger = logger;
    this.#task = { connector, task };
  }

  /** The first ten. */
  get kept(): ReadonlySet<string> {
    return this.#kept;
  }

  add(notice: string): void {
    if (this.#kept.has(notice)) return;
    this.#logger.warn(notice, this.#task);
    if (this.#kept.size < NOTICES_KEPT) this.#kept.add(notice);
  }
}
