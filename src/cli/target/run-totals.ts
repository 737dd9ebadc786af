import type { Counters, RunSummary, TaskRef } from '../../store/store.ts';

/** Says how far a run over several tasks has come. */
export interface RunProgress {
  readonly tasks: number;
  /** The number of tasks that have caught up or failed. */
  readonly ended: number;
  /** The number of tasks that another process runs at the moment. */
  readonly elsewhere: number;
  /** Records that RocketMQ has acknowledged since the run started, over all tasks. */
  readonly records: number;
  readonly bytes: number;
  /** The records of this run, copied ones included. Absent if a source can't count them. */
  readonly total?: number;
  /** Names what everything waits for, and how long nothing has moved. Absent while something moves. */
  readonly waits?: { readonly for: string; readonly ms: number };
  readonly elapsedMs: number;
}

/** The parts of a summary that are not numbers. */
const WORDS = ['stopped', 'stoppedPartitions', 'skipped', 'notices', 'endUnknown'] as const;

/** Returns these parts of the last run, as far as it has them. */
export const wordsOf = (summary: RunSummary | undefined): Pick<TaskTotals, (typeof WORDS)[number]> =>
  Object.fromEntries(WORDS.flatMap((word) => (summary?.[word] === undefined ? [] : [[word, summary[word]]])));

/** What a task did in all its invocations of one run. */
export interface TaskTotals extends TaskRef, Counters, Pick<RunSummary, (typeof WORDS)[number]> {
  /**
   * `ran`: the caller asked for one invocation, and there is more to copy. `waiting`: the task waits for other tasks, which have not caught
   * up. `quiet`: nothing more came, and the source does not say whether there is more.
   */
  readonly outcome:
    | 'caught-up'
    | 'quiet'
    | 'ran'
    | 'waiting'
    | 'failed'
    | 'interrupted'
    | 'paused'
    | 'absent'
    | 'not-before'
    | 'failed-before';
  readonly elapsedMs: number;
  readonly lagRecords?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

const GOOD_ENDS: ReadonlySet<string> = new Set(['caught-up', 'quiet', 'ran', 'waiting'] satisfies TaskTotals['outcome'][]);

export const endedWell = ({ outcome, stopped }: TaskTotals): boolean => GOOD_ENDS.has(outcome) && stopped === undefined;
