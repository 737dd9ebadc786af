import type { ConnectError, Lag } from '../../api/index.ts';
import type { RunSummary } from '../../store/store.ts';
import type { Invocation } from './contracts.ts';
import type { Copied, CopyEnd, Run } from './run.ts';

/** How the copying ended: with an `error` where the run failed. */
export type Ending =
  | { readonly end: CopyEnd; readonly lag: Lag; readonly error?: undefined }
  | { readonly error: ConnectError; readonly lag: Lag };

type Ended = Ending & {
  /** ms since 1970. */
  readonly startedAt: number;
  readonly copied: Copied;
  readonly run: Pick<Run, 'stops' | 'notices'>;
  readonly invocation: Invocation;
};

/** What the run did, for its item and for people. The run ends now. */
export function summarize(ended: Ended): RunSummary {
  const { lag, startedAt, copied, run, invocation } = ended;
  const { stops, notices } = run;
  return {
    startedAt,
    endedAt: Date.now(),
    outcome: ended.error === undefined ? outcomeOf(ended.end, lag, invocation) : 'failed',
    ...copied,
    ...(lag.records !== undefined && { lagRecords: lag.records }),
    ...(lag.ms !== undefined && { lagMs: lag.ms }),
    ...(lag.waitsFor !== undefined && { waitsFor: lag.waitsFor }),
    ...(lag.unknown !== undefined && { endUnknown: lag.unknown }),
    ...(stops.count > 0 && { stopped: stops.stopped }),
    ...(stops.count > stops.stopped.length && { stoppedPartitions: stops.count }),
    ...(stops.skipped.length > 0 && { skipped: stops.skipped }),
    ...(notices.kept.size > 0 && { notices: [...notices.kept] }),
    ...(ended.error !== undefined && { error: { code: ended.error.code, message: ended.error.message } }),
  };
}

function outcomeOf(end: CopyEnd, { waitsFor, unknown }: Lag, { signal }: Invocation): RunSummary['outcome'] {
  if (end === 'aborted') return signal.aborted ? 'interrupted' : 'deadline';
  if (end === 'stopped') return 'failed';
  if (end === 'limit') return end;
  return waitsFor !== undefined ? 'waiting' : unknown === undefined ? end : 'quiet';
}
