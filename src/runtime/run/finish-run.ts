import { type Position, toConnectError } from '../../api/index.ts';
import { plus } from '../../store/counters.ts';
import type { Consumed, Counters, Failure, Release, RunSummary, StoppedPartition } from '../../store/store.ts';
import type { TaskDeps } from './contracts.ts';
import type { HeldTask } from './run.ts';

/** What a run leaves behind, for the release and the caller. */
export interface RunReport {
  readonly summary: RunSummary;
  /** Where the partitions are that moved: everything up to there is acknowledged. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Places that a user let the run pass over. */
  readonly skipped: ReadonlySet<string>;
  /** Partitions that no run reads before a person has done something about them. */
  readonly standing: readonly StoppedPartition[];
  readonly failure?: Failure;
}

export interface Finished {
  readonly rerun: boolean;
  /** It has the store requests that the run took. */
  readonly summary: RunSummary;
}

/** Where an invocation began, for what it costs. */
export interface Begin {
  /** ms since 1970. */
  readonly at: number;
  /** What the store had counted until then. */
  readonly requests: number;
  readonly consumed: Consumed;
  /** The memory of the function, in MiB. */
  readonly memoryMb?: number;
  readonly startedBy: NonNullable<RunSummary['startedBy']>;
}

/**
 * Makes the end of a run durable and frees the lease in one write. Then it keeps the run's summary, if the run moved records, passed over
 * one, or could not go on. `rerun` says that a trigger came in meanwhile. Throws what the release threw.
 */
export async function finishRun({ lease, item }: HeldTask, report: RunReport, begin: Begin, deps: TaskDeps): Promise<Finished> {
  const { store, logger } = deps;
  const { summary: done, failure, skipped, standing } = report;
  const worthKeeping = done.records > 0 || failure !== undefined || done.stopped !== undefined || skipped.size > 0;
  // The release and the run item are requests that are still to come.
  const dynamodbRequests = store.requests - begin.requests + (worthKeeping ? 2 : 1);
  const summary = {
    ...done,
    dynamodbRequests,
    startedBy: begin.startedBy,
    ...(begin.memoryMb !== undefined && { memoryMb: begin.memoryMb }),
  };
  const { records, bytes, deadLetters } = summary;
  const { consumed } = store;
  const counted: Counters = {
    invocations: 1,
    records,
    bytes,
    deadLetters,
    dynamodbRequests,
    failures: failure === undefined ? 0 : 1,
    durationMs: Math.max(0, Date.now() - begin.at),
    // The release costs what the last write on the item did, and a run item a unit.
    writeUnits: consumed.writeUnits - begin.consumed.writeUnits + consumed.lastWriteUnits + (worthKeeping ? 1 : 0),
    readUnits: consumed.readUnits - begin.consumed.readUnits,
  };
  const { rerun } = await store.release(lease, {
    positions: report.positions,
    summary,
    ...times(summary),
    caughtUp: failure === undefined && isCaughtUp(summary),
    counted,
    skipped,
    standing,
    ...(failure === undefined ? {} : { failure }),
  });
  if (worthKeeping) {
    // Nobody else counts while the lease is held.
    const run = { ...summary, usage: counted, total: plus(item.counters, counted) };
    await store.putRun(lease, run).catch((error: unknown) => logger.warn('run not kept', { error: toConnectError(error).line }));
  }
  return { rerun, summary };
}

/** A source that does not show its end counts as read to it. Partitions that stand still have something left. */
const isCaughtUp = ({ outcome, stopped }: RunSummary): boolean => stopped === undefined && (outcome === 'caught-up' || outcome === 'quiet');

/** A run that found nothing left has not stood still. Where the lag is not known, neither is that. */
function times({ records, endedAt, lagRecords, lagMs }: RunSummary): Pick<Release, 'lastRecordAt' | 'progressAt'> {
  const isKnown = lagRecords !== undefined || lagMs !== undefined;
  const nothingLeft = isKnown && (lagRecords ?? 0) === 0 && (lagMs ?? 0) === 0;
  return { ...(records > 0 && { lastRecordAt: endedAt }), ...((records > 0 || nothingLeft) && { progressAt: endedAt }) };
}
