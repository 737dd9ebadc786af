import type { TaskContext } from './connector.ts';
import type { ConnectError } from './errors.ts';
import type { Position, SinkRecord } from './record.ts';

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
   * before it may not be written yet, nor with `sink.delivery: shared`, where nothing goes on at a position.
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
