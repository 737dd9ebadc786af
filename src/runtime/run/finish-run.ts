import { type Position, toConnectError } from '../../api/index.ts';
import type { Failure, Lease, Release, RunSummary, StoppedPartition } from '../../store/store.ts';
import type { TaskDeps } from './contracts.ts';

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

/**
 * Makes the end of a run durable and frees the lease in one write. Then it keeps the run's summary, if the run moved records, passed over
 * one, or could not go on. `rerun` says that a trigger came in meanwhile. Throws what the release threw.
 */
export async function finishRun(
  lease: Lease,
  report: RunReport,
  { requestsBefore, startedBy }: { readonly requestsBefore: number } & Required<Pick<RunSummary, 'startedBy'>>,
  deps: TaskDeps,
): Promise<Finished> {
  const { store, logger } = deps;
  const { summary: done, failure, skipped, standing } = report;
  const worthKeeping = done.records > 0 || failure !== undefined || done.stopped !== undefined || skipped.size > 0;
  // The release and the run item are requests that are still to come.
  const dynamodbRequests = store.requests - requestsBefore + (worthKeeping ? 2 : 1);
  const summary: RunSummary & { readonly dynamodbRequests: number } = { ...done, dynamodbRequests, startedBy };
  const { records, bytes, deadLetters } = summary;
  const { rerun } = await store.release(lease, {
    positions: report.positions,
    summary,
    ...times(summary),
    counted: { invocations: 1, records, bytes, deadLetters, dynamodbRequests },
    skipped,
    standing,
    ...(failure === undefined ? {} : { failure }),
  });
  if (worthKeeping) {
    await store.putRun(lease, summary).catch((error: unknown) => logger.warn('run not kept', { error: toConnectError(error).line }));
  }
  return { rerun, summary };
}

/** A run that found nothing left has not stood still. Where the lag is not known, neither is that. */
function times({ records, endedAt, lagRecords, lagMs }: RunSummary): Pick<Release, 'lastRecordAt' | 'progressAt'> {
  const isKnown = lagRecords !== undefined || lagMs !== undefined;
  const nothingLeft = isKnown && (lagRecords ?? 0) === 0 && (lagMs ?? 0) === 0;
  return { ...(records > 0 && { lastRecordAt: endedAt }), ...((records > 0 || nothingLeft) && { progressAt: endedAt }) };
}
