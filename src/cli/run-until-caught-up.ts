import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskDeps, TaskOutcome } from '../runtime/contracts.ts';
import { runTask } from '../runtime/run-task.ts';
import type { RunSummary, TaskRef } from '../store/store.ts';
import { countSent } from './count-sent.ts';
import { isGone, ownerForPeople } from './local-owner.ts';
import { type RunProgress, type TaskTotals, wordsOf } from './run-totals.ts';

/** Short, because a run that is killed leaves its lease standing until then. */
export const INVOCATION_MS = 60_000;
const BUSY_WAIT_MS = 500;
/** Of a task that waits for others, which take longer. */
const WAIT_MS = 2_000;

export interface RunOptions {
  readonly connector: string;
  /** Indexes of the tasks to run, all at the same time. */
  readonly tasks: readonly number[];
  /** Called once for each task: with a store of its own, the requests of each are counted apart. */
  readonly deps: () => TaskDeps;
  /** For people who look at a lease. */
  readonly owner: string;
  /** Aborted: what is in flight is finished and made durable, then the run ends. */
  readonly signal: AbortSignal;
  /** One invocation each, whatever is left. Default false. */
  readonly once?: boolean;
  readonly onProgress?: (progress: RunProgress) => void;
  /** What people would wonder about, a sentence each. */
  readonly onNote?: (text: string) => void;
}

/**
 * Runs tasks in this process, invocation after invocation as a chain of triggers would, until each has caught up or failed.
 * A task that someone else runs is waited for; one that waits for others goes on once they have caught up. Resolves with a row per task; a failure of a task is part of its row.
 */
export async function runUntilCaughtUp(options: RunOptions): Promise<TaskTotals[]> {
  const { connector, tasks, onProgress } = options;
  const begun = Date.now();
  const waiting = new Set<number>();
  const others = { stopped: false };
  let progress = { tasks: tasks.length, ended: 0, records: 0, bytes: 0 };
  const report = (change: Partial<typeof progress>) => {
    progress = { ...progress, ...change };
    onProgress?.({ ...progress, waiting: waiting.size, elapsedMs: Date.now() - begun });
  };
  const onSent = (records: number, bytes: number) => report({ records: progress.records + records, bytes: progress.bytes + bytes });
  return Promise.all(
    tasks.map(async (task) => {
      const totals = await runOne({ connector, task }, countSent(options.deps(), onSent), options, waiting, others);
      others.stopped ||= totals.outcome !== 'caught-up' && totals.outcome !== 'quiet';
      report({ ended: progress.ended + 1 });
      return totals;
    }),
  );
}

/** `waiting`: tasks that someone else runs. `others.stopped`: one of the tasks has ended before it caught up. */
async function runOne(
  ref: TaskRef,
  deps: TaskDeps,
  options: RunOptions,
  waiting: Set<number>,
  others: { readonly stopped: boolean },
): Promise<TaskTotals> {
  const { owner, signal, once = false } = options;
  const begun = Date.now();
  const requestsBefore = deps.store.requests;
  const summaries: RunSummary[] = [];
  for (let hop = 0; ; hop += 1) {
    const result = await runTask({ ...ref, hop }, deps, { deadline: Date.now() + INVOCATION_MS, owner, isGone, signal });
    if (result.summary !== undefined) summaries.push(result.summary);
    const waits = result.summary?.outcome === 'waiting';
    const outcome = waits && others.stopped ? 'waiting' : endOf(result, signal, once);
    if (outcome !== undefined) {
      waiting.delete(ref.task);
      const dynamodbRequests = deps.store.requests - requestsBefore;
      return { ...ref, ...sumUp(summaries), dynamodbRequests, outcome, elapsedMs: Date.now() - begun };
    }
    const busy = result.outcome === 'busy';
    if (busy && !waiting.has(ref.task)) options.onNote?.(heldWords(ref.task, result));
    if (busy) waiting.add(ref.task);
    else waiting.delete(ref.task);
    if (busy || waits) await sleep(busy ? BUSY_WAIT_MS : WAIT_MS, undefined, { signal }).catch(() => undefined);
  }
}

function heldWords(task: number, { heldBy }: TaskOutcome): string {
  const until = heldBy === undefined ? '' : `, until ${new Date(heldBy.until).toISOString()} at the latest`;
  const owner = heldBy?.owner === undefined ? 'someone else' : ownerForPeople(heldBy.owner);
  return `task ${task} is held by ${owner}${until}; waiting for it`;
}

/** How the task's run has ended; undefined where another invocation is needed. */
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
