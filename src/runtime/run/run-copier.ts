import { ConnectError, type Lag, toConnectError } from '../../api/index.ts';
import type { PlannedTask, TaskItem } from '../../store/store.ts';
import { AckTracker } from './ack-tracker.ts';
import type { Invocation, TaskDeps } from './contracts.ts';
import { failureAfter } from './failure.ts';
import type { RunReport } from './finish-run.ts';
import { PartitionStops } from './partition-stops.ts';
import { type Copier, type HeldTask, Notices, type Run } from './run.ts';
import { RunSecrets } from './run-secrets.ts';
import { type Ending, summarize } from './summary.ts';
import { timeBudget } from './time-budget.ts';

/**
 * Copies one bounded batch for a task whose lease is held, by the copier of its direction. It never throws: a failure is part of the
 * report. `createCopier` opens nothing.
 */
export async function runCopier(
  createCopier: (run: Run) => Copier,
  { item, lease, spec }: HeldTask,
  deps: TaskDeps,
  invocation: Invocation,
): Promise<RunReport> {
  const planned = item.planned as PlannedTask;
  const startedAt = Date.now();
  const budget = timeBudget(startedAt, invocation.deadline, spec.batch.maxDurationMs);
  const timeIsUp = new AbortController();
  const timer = setTimeout(() => timeIsUp.abort(), Math.max(0, budget.stopPollingAt - startedAt));
  const stops = stopsOf(item, planned, deps);
  const unread = new Set(stops.partitions);
  const run: Run = {
    item,
    lease,
    spec,
    planned: without(planned, unread),
    deps,
    budget,
    signal: AbortSignal.any([timeIsUp.signal, invocation.signal]),
    stopRequest: invocation.signal,
    tracker: new AckTracker(),
    stops,
    secrets: new RunSecrets(spec, deps.resolveSecrets),
    notices: new Notices(deps.logger, item),
  };
  const copier = createCopier(run);
  const ending = await copyToTheEnd(copier, run, invocation).finally(() => {
    clearTimeout(timer);
    return copier.close();
  });
  const summary = summarize({ ...ending, startedAt, copied: copier.copied, run, invocation });
  const { error } = ending;
  return {
    summary,
    positions: run.tracker.positions,
    skipped: stops.passedOver,
    standing: stops.standing((partition) => unread.has(partition) || copier.wearsOut(partition)),
    ...(error !== undefined && {
      failure: failureAfter(error, item.failure, summary.records > 0, spec.errors, Date.now()),
    }),
  };
}

async function copyToTheEnd(copier: Copier, run: Run, { signal }: Invocation): Promise<Ending> {
  const { item, deps, stops, tracker, secrets } = run;
  const copied = await copyAndMeasure(copier, run);
  const stoodStill = copier.copied.records === 0 && tracker.positions.size === 0;
  const outOfTime = copied.error === undefined && copied.end === 'aborted' && !signal.aborted;
  const failure = copied.error ?? (stops.all ? stops.worst : outOfTime && stoodStill ? nothingInTime() : undefined);
  const { lag } = copied;
  if (failure === undefined) return copied;
  const error = await secrets.afterRotation(failure);
  if (error.code === 'INTERRUPTED' && signal.aborted) return { end: 'aborted', lag };
  deps.logger.error('run failed', { connector: item.connector, task: item.task, error: error.line, ...stackOf(error) });
  return { error, lag };
}

async function copyAndMeasure(copier: Copier, { stops, deps }: Run): Promise<Ending> {
  if (stops.all) return { end: 'stopped', lag: {} };
  try {
    const end = await copier.copy();
    const unknown = (error: unknown): Lag => {
      deps.logger.warn('lag is unknown', { error: toConnectError(error).line });
      return {};
    };
    return { end, lag: await copier.lag().catch(unknown) };
  } catch (error) {
    return { error: toConnectError(error), lag: {} };
  }
}

function stopsOf({ connector, task, skips, standing }: TaskItem, { taskConfig }: PlannedTask, { logger }: TaskDeps): PartitionStops {
  return new PartitionStops({
    connector,
    partitions: taskConfig.partitions,
    skips,
    standing,
    onStop: (partition, error) => logger.error('partition stopped', { connector, task, partition, error: error.line }),
    onSkip: (skipped) => logger.warn('passed over, as a user said', { connector, task, ...skipped }),
  });
}

/** Leaves out partitions that stand still: the copier does not read them. */
function without({ taskConfig, ...planned }: PlannedTask, partitions: ReadonlySet<string>): PlannedTask {
  const left = taskConfig.partitions.filter((partition) => !partitions.has(partition));
  return { ...planned, taskConfig: { ...taskConfig, partitions: left } };
}

const nothingInTime = (): ConnectError =>
  new ConnectError('TIMEOUT', 'nothing could be copied before the time of the run was over', {
    retriable: true,
    remedy: 'see whether both sides answer, or raise batch.maxDurationMs',
  });

/** A defect is worth its stack; a named error is not. */
const stackOf = (error: ConnectError): object =>
  error.code === 'INTERNAL' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
