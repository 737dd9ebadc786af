import { setTimeout as sleep } from 'node:timers/promises';
import type { Planner, StatusResult, TaskStatus } from '../../runtime/planner-api.ts';
import type { Counters } from '../../store/store.ts';
import { ask } from '../terminal/failures.ts';
import { type TaskTotals, wordsOf } from './run-totals.ts';
import type { RunTasksOptions } from './target.ts';

const LOOK_EVERY_MS = 2_000;
/** A task reports when an invocation ends, which may take as long as the function's limit. */
const SILENCE_IS_LONG_MS = 10_000;
const REPORTS = 'the tasks, which report when an invocation ends';
const NOTHING: Counters = { invocations: 0, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 0 };

/**
 * Watches tasks that run elsewhere, since `before`, until each has caught up or failed. It starts tasks that wait for others again, once
 * those have caught up. An abort ends the watch, and the tasks keep running.
 */
export async function watchUntilCaughtUp(planner: Planner, options: RunTasksOptions): Promise<TaskTotals[]> {
  const { connector, tasks, before, signal, onProgress } = options;
  const startedAt = Date.now();
  let moved = { invocations: 0, at: startedAt };
  for (;;) {
    const { taskStatus } = await ask<StatusResult>(planner, { action: 'status', connector });
    const elapsedMs = Date.now() - startedAt;
    const rows = tasks.map((task) => totalsOf(task, taskStatus, before, elapsedMs, signal.aborted));
    const stopped = rows.some((row) => row !== undefined && !['caught-up', 'quiet', 'waiting'].includes(row.outcome));
    const ended = rows.filter((row) => row !== undefined && (stopped || row.outcome !== 'waiting')) as TaskTotals[];
    const done = tasks.map((task) => difference(task, taskStatus, before));
    const sum = (counter: 'records' | 'bytes' | 'invocations') => done.reduce((total, counters) => total + counters[counter], 0);
    const left = tasks.map((task, index) => (done[index]?.invocations ? find({ taskStatus }, task)?.lastRun?.lagRecords : undefined));
    const records = sum('records');
    if (sum('invocations') > moved.invocations) moved = { invocations: sum('invocations'), at: Date.now() };
    onProgress?.({
      tasks: tasks.length,
      ended: ended.length,
      elsewhere: 0,
      records,
      bytes: sum('bytes'),
      ...(left.every((count) => count !== undefined) && { total: left.reduce((total, count) => total + count, records) }),
      ...(Date.now() - moved.at >= SILENCE_IS_LONG_MS && { waits: { for: REPORTS, ms: Date.now() - moved.at } }),
      elapsedMs,
    });
    if (ended.length === tasks.length) return ended;
    if (rows.every((row) => row !== undefined)) {
      const waiting = rows.filter(({ outcome }) => outcome === 'waiting').map(({ task }) => task);
      await ask(planner, { action: 'run', connector, tasks: waiting });
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const find = ({ taskStatus }: { readonly taskStatus: readonly TaskStatus[] }, task: number) =>
  taskStatus.find((candidate) => candidate.task === task);

/** Returns what a task has counted since `before`. */
function difference(task: number, taskStatus: readonly TaskStatus[], before: StatusResult): Counters {
  const now = find({ taskStatus }, task)?.counters ?? NOTHING;
  const then = find(before, task)?.counters ?? NOTHING;
  return {
    invocations: now.invocations - then.invocations,
    records: now.records - then.records,
    bytes: now.bytes - then.bytes,
    deadLetters: now.deadLetters - then.deadLetters,
    dynamodbRequests: now.dynamodbRequests - then.dynamodbRequests,
  };
}

/** Returns the row of a task that has ended or waits for others, or undefined while it runs or has not started. */
function totalsOf(
  task: number,
  taskStatus: readonly TaskStatus[],
  before: StatusResult,
  elapsedMs: number,
  aborted: boolean,
): TaskTotals | undefined {
  const now = find({ taskStatus }, task);
  const counted = difference(task, taskStatus, before);
  const row = (outcome: TaskTotals['outcome']): TaskTotals => {
    const { lastRun } = now ?? {};
    const lag = lastRun?.lagRecords === undefined ? {} : { lagRecords: lastRun.lagRecords };
    const error = lastRun?.error ? { error: lastRun.error } : {};
    return { connector: before.name, task, ...counted, ...lag, outcome, elapsedMs, ...error, ...wordsOf(lastRun) };
  };
  if (now === undefined) return row('absent');
  if (now.state === 'PAUSED' || now.state === 'STOPPED') return row('paused');
  if (now.state === 'FAILED') return row(counted.invocations > 0 ? 'failed' : 'failed-before');
  if (now.state === 'RETRYING' && counted.invocations > 0) return row('failed');
  const ended = (now.state === 'IDLE' || now.state === 'DEGRADED') && counted.invocations > 0 ? now.lastRun?.outcome : undefined;
  if (ended === 'caught-up' || ended === 'quiet') return row(ended);
  if (aborted) return row('interrupted');
  return ended === 'waiting' ? row('waiting') : undefined;
}
