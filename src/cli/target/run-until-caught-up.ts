import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskDeps, TaskOutcome } from '../../runtime/run/contracts.ts';
import { runTask } from '../../runtime/run-task.ts';
import type { RunSummary, TaskRef } from '../../store/store.ts';
import { CopyWatch } from './copy-watch.ts';
import { isGone, ownerForPeople } from './local-owner.ts';
import { type RunProgress, type TaskTotals, wordsOf } from './run-totals.ts';
import { watchCopy } from './watch-copy.ts';

/** This is short, because a killed run keeps its lease until then. */
export const INVOCATION_MS = 60_000;
const BUSY_WAIT_MS = 500;
/** A task that waits for others pauses this long. Others take longer than a busy task. */
const WAIT_MS = 2_000;
/** Reports also come while nothing moves, so that people see for how long. */
const REPORT_EVERY_MS = 1_000;

export interface RunOptions {
  readonly connector: string;
  /** The indexes of the tasks to run, all at the same time. */
  readonly tasks: readonly number[];
  /** The run calls this once for each task, so that each task has a store of its own, which counts its requests. */
  readonly deps: () => TaskDeps;
  /** The owner that people see when they look at a lease. */
  readonly owner: string;
  /** If this is aborted, the run finishes what is in flight, stores it and ends. */
  readonly signal: AbortSignal;
  /** True for one invocation of each task, whatever is left. Default false. */
  readonly once?: boolean;
  /** An invocation ends after so many ms. Default 60,000. */
  readonly invocationMs?: number;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called with a sentence about anything that people would wonder about. */
  readonly onNote?: (text: string) => void;
}

/**
 * Runs tasks in this process until each has caught up or failed. Like a chain of triggers, it starts invocation after invocation. It waits
 * for a task that another process runs. A task that waits for others continues once they have caught up. Resolves with a row per task,
 * which also holds the task's failure.
 */
export async function runUntilCaughtUp(options: RunOptions): Promise<TaskTotals[]> {
  const { connector, tasks, onProgress } = options;
  const watch = new CopyWatch(tasks);
  const others = { stopped: false };
  const report = () => onProgress?.(watch.progress);
  const timer = setInterval(report, REPORT_EVERY_MS);
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const totals = await runOne({ connector, task }, watchCopy(options.deps(), task, watch), options, watch, others);
        others.stopped ||= totals.outcome !== 'caught-up' && totals.outcome !== 'quiet';
        watch.ended(task);
        report();
        return totals;
      }),
    );
  } finally {
    clearInterval(timer);
  }
}

/** `others.stopped` says that one of the tasks has ended before it caught up. */
async function runOne(
  ref: TaskRef,
  deps: TaskDeps,
  options: RunOptions,
  watch: CopyWatch,
  others: { readonly stopped: boolean },
): Promise<TaskTotals> {
  const { owner, signal, once = false, invocationMs = INVOCATION_MS } = options;
  const startedAt = Date.now();
  const requestsBefore = deps.store.requests;
  const summaries: RunSummary[] = [];
  let reported: string | undefined;
  for (let hop = 0; ; hop += 1) {
    const result = await runTask({ ...ref, hop, by: hop === 0 ? 'person' : 'continuation' }, deps, {
      deadline: Date.now() + invocationMs,
      owner,
      isGone,
      signal,
    });
    if (result.summary !== undefined) summaries.push(result.summary);
    const waits = result.summary?.outcome === 'waiting';
    const outcome = waits && others.stopped ? 'waiting' : endOf(result, signal, once);
    if (outcome !== undefined) {
      const dynamodbRequests = deps.store.requests - requestsBefore;
      return { ...ref, ...sumUp(summaries), dynamodbRequests, outcome, elapsedMs: Date.now() - startedAt };
    }
    const busy = result.outcome === 'busy';
    const kind = busy ? 'busy' : result.summary?.waitsFor;
    if (kind !== undefined && kind !== reported) options.onNote?.(busy ? heldNote(ref.task, result) : `task ${ref.task} waits for ${kind}`);
    reported = kind;
    watch.elsewhere(ref.task, busy);
    if (busy || waits) await sleep(busy ? BUSY_WAIT_MS : WAIT_MS, undefined, { signal }).catch(() => undefined);
  }
}

const clock = (ms: number) => new Date(ms).toISOString();

function heldNote(task: number, { heldBy }: TaskOutcome): string {
  const owner = heldBy?.owner === undefined ? 'someone else' : ownerForPeople(heldBy.owner);
  const since = heldBy?.since === undefined ? '' : ` since ${clock(heldBy.since)}`;
  const until = heldBy === undefined ? '' : `, ${clock(heldBy.until)} at the latest`;
  return `${owner} has been running task ${task}${since}; this run waits until that one ends${until}`;
}

/** Returns how the task's run has ended, or undefined if it needs another invocation. */
function endOf({ outcome, summary, continued }: TaskOutcome, signal: AbortSignal, once: boolean): TaskTotals['outcome'] | undefined {
  switch (outcome) {
    case 'ran':
      if ((summary?.outcome === 'caught-up' || summary?.outcome === 'quiet') && (once || !continued)) return summary.outcome;
      if (once && summary?.outcome === 'waiting') return 'waiting';
      if (signal.aborted) return 'interrupted';
      return once ? 'ran' : undefined;
    case 'busy':
    case 'lease-lost':
      return signal.aborted ? 'interrupted' : undefined;
    default:
      return outcome;
  }
}

function sumUp(summaries: readonly RunSummary[]) {
  const sum = (counter: 'records' | 'bytes' | 'deadLetters') => summaries.reduce((total, summary) => total + summary[counter], 0);
  const { lagRecords, error } = summaries.at(-1) ?? {};
  return {
    invocations: summaries.length,
    records: sum('records'),
    bytes: sum('bytes'),
    deadLetters: sum('deadLetters'),
    ...(lagRecords === undefined ? {} : { lagRecords }),
    ...(error === undefined ? {} : { error }),
    ...wordsOf(summaries.at(-1)),
  };
}
