import { ConnectError, toConnectError } from '../api/index.ts';
import type { TaskEvent } from '../triggers/trigger.ts';
import type { Invocation, TaskDeps, TaskOutcome } from './run/contracts.ts';
import { MAX_DEAD, reportOfDead } from './run/dead-runs.ts';
import { type Begin, type Finished, finishRun, type RunReport } from './run/finish-run.ts';
import type { HeldTask } from './run/run.ts';
import { type TakeResult, takeLease } from './run/take-lease.ts';
import { runSource } from './source/run-source.ts';

/** A chain of continuations that one trigger started ends here. The next trigger starts a new one. */
const MAX_HOPS = 10_000;
/** A queue message can wait no longer. */
const MAX_DELAY_MS = 900_000;

/**
 * Runs one invocation of a task. It takes the lease, copies a bounded batch, makes it durable, frees the lease, and asks for a continuation
 * where backlog is left. It makes two store requests when there is nothing to copy. It never throws for a failure of the task, which the
 * task's item keeps. It throws only when the store can't be reached to take the lease, so that the trigger may deliver again.
 */
export async function runTask(event: TaskEvent, deps: TaskDeps, invocation: Invocation): Promise<TaskOutcome> {
  const ref = { connector: event.connector, task: event.task };
  if ((event.startAt ?? 0) > Date.now())
    return { ...ref, outcome: 'not-before', ...(await askForContinuation(event, event.startAt ?? 0, deps)) };
  const { requests, consumed } = deps.store;
  const { begunAt: at = Date.now(), memoryMb } = invocation;
  const acquired = await takeLease(event, deps, invocation);
  if (acquired.outcome !== 'acquired') {
    deps.logger.info('task not run', { ...ref, reason: acquired.outcome });
    const outcome = acquired.outcome === 'failed' ? ('failed-before' as const) : acquired.outcome;
    const again = waitsUntil(event, acquired, invocation.repeated === true);
    const by = event.by === undefined ? {} : { by: event.by };
    const waitsFor = acquired.outcome === 'busy' && acquired.epoch !== undefined ? { waitsFor: acquired.epoch } : {};
    return {
      ...ref,
      outcome,
      ...(acquired.outcome === 'busy' ? { heldBy: acquired } : {}),
      ...(again === undefined
        ? { continued: false }
        : await askForContinuation({ ...ref, hop: event.hop ?? 0, ...waitsFor, ...by }, again, deps)),
    };
  }
  const dead = (acquired.item.unreleased ?? 1) - 1;
  const report = dead < MAX_DEAD ? await copyOnce(acquired, deps, invocation) : reportOfDead(dead, Date.now());
  const begin = { at, requests, consumed, startedBy: startedBy(event), ...(memoryMb !== undefined && { memoryMb }) };
  const outcome = await finish(event, { held: acquired, report, begin }, deps);
  if (deps.loadTracing !== undefined) await trace(deps.loadTracing, outcome, acquired, deps, invocation);
  return outcome;
}

/** The run is over: nothing that goes wrong here is a failure of it. */
async function trace(
  load: NonNullable<TaskDeps['loadTracing']>,
  outcome: TaskOutcome,
  { spec }: HeldTask,
  deps: TaskDeps,
  invocation: Invocation,
): Promise<void> {
  const { connector, task } = outcome;
  const sent = load().then(({ traceRun }) => traceRun(outcome, spec, deps, invocation));
  await sent.catch((error: unknown) => deps.logger.warn('span not sent', { connector, task, reason: toConnectError(error).line }));
}

/** What only a sink needs is loaded for a sink. */
async function copyOnce(held: HeldTask, deps: TaskDeps, invocation: Invocation): Promise<RunReport> {
  const isSink = held.spec.direction === 'sink';
  const run = isSink ? (await import('./sink/run-sink.ts')).runSink : runSource;
  return run(held, deps, invocation);
}

/**
 * Returns when this start is worth another try. Undefined where it is not, or where others see to that. A message waits no longer than 15
 * minutes, so one that came too early waits on. The first start that finds a run under way waits for the end of its lease, because the
 * holder may be dead. One start is enough for that: if all did, messages would pile up with each run of a backlog. One that was delivered
 * before may have been the first, and nobody waits where its receiver died.
 */
function waitsUntil({ hop, waitsFor }: TaskEvent, acquired: TakeResult, repeated: boolean): number | undefined {
  if (acquired.outcome === 'not-before') return hop === undefined ? undefined : acquired.notBefore;
  if (acquired.outcome !== 'busy') return undefined;
  const { first = false, epoch, until } = acquired;
  const waits = first || (epoch === undefined ? hop !== undefined : repeated || epoch === waitsFor);
  return waits ? until + 1 : undefined;
}

/** What a schedule sends has nothing but the task. */
const startedBy = ({ by, hop, waitsFor }: TaskEvent): Begin['startedBy'] =>
  by ?? (hop === undefined && waitsFor === undefined ? 'schedule' : 'continuation');

interface Done {
  readonly held: HeldTask;
  readonly report: RunReport;
  readonly begin: Begin;
}

async function finish(event: TaskEvent, { held, report, begin }: Done, deps: TaskDeps): Promise<TaskOutcome> {
  const { connector, task } = event;
  const outcome = { connector, task, type: held.spec.type };
  const finished = await finishRun(held, report, begin, deps).catch(toConnectError);
  if (finished instanceof ConnectError) return unreleased(outcome, finished, deps);
  const { rerun, summary } = finished;
  const hop = (event.hop ?? 0) + 1;
  const next = nextStart(report, finished, hop);
  const asked = next === undefined ? { continued: false } : await askForContinuation({ connector, task, hop: rerun ? 0 : hop }, next, deps);
  return { ...outcome, outcome: report.failure === undefined ? 'ran' : 'failed', summary, ...asked };
}

/** Returns when the task has to start again by itself, ms since 1970; 0 means soon. Undefined where the next trigger sees to it. */
function nextStart({ failure, positions }: RunReport, { rerun, summary }: Finished, hop: number): number | undefined {
  if (failure !== undefined && !failure.fatal) return failure.notBefore;
  if (rerun && failure === undefined) return 0;
  const hasBacklog = (summary.outcome === 'limit' || summary.outcome === 'deadline') && (summary.records > 0 || positions.size > 0);
  return hasBacklog && hop <= MAX_HOPS ? 0 : undefined;
}

function unreleased(outcome: Pick<TaskOutcome, 'connector' | 'task' | 'type'>, error: ConnectError, deps: TaskDeps): TaskOutcome {
  const lost = error.code === 'LEASE_LOST';
  deps.logger.warn(lost ? 'task was taken over' : 'lease not released, it will expire', { ...outcome, error: error.line });
  return { ...outcome, outcome: lost ? 'lease-lost' : 'failed', continued: false, ...(lost ? {} : { owed: true }) };
}

/** Asks for this start at `at`, ms since 1970, or soon. */
async function askForContinuation(start: TaskEvent, at: number, deps: TaskDeps): Promise<Pick<TaskOutcome, 'continued' | 'owed'>> {
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, at - Date.now()));
  try {
    await deps.continuation.fire([start], { delayMs });
    return { continued: true };
  } catch (error) {
    deps.logger.error('no continuation could be asked for', { ...start, error: toConnectError(error).line });
    return { continued: false, owed: true };
  }
}
