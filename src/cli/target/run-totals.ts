import type { Counters, RunSummary, TaskRef } from '../../store/store.ts';

/** How far a run over several tasks has come. */
export interface RunProgress {
  readonly tasks: number;
  /** Tasks that have caught up or failed. */
  readonly ended: number;
  /** Tasks that someone else runs at the moment. */
  readonly elsewhere: number;
  /** Acknowledged by RocketMQ since the run began, over all tasks. */
  readonly records: number;
  readonly bytes: number;
  /** Records that there are to copy in this run, those that are copied among them. Absent where a source can't count them. */
  readonly total?: number;
  /** What everything waits for, and for how long nothing has moved. Absent while something moves. */
  readonly waits?: { readonly for: string; readonly ms: number };
  readonly elapsedMs: number;
}

/** Parts of a summary that are no numbers. */
const WORDS = ['stopped', 'stoppedPartitions', 'skipped', 'notices', 'endUnknown'] as const;

/** These parts of the last run, as far as they are there. */
export const wordsOf = (summary: RunSummary | undefined): Pick<TaskTotals, (typeof WORDS)[number]> =>
  Object.fromEntries(WORDS.flatMap((word) => (summary?.[word] === undefined ? [] : [[word, summary[word]]])));

/** What a task did in all its invocations of one run. */
export interface TaskTotals extends TaskRef, Counters, Pick<RunSummary, (typeof WORDS)[number]> {
  /**
   * `ran`: one invocation was asked for, and there is more to copy. `waiting`: for other tasks, which have not caught up. `quiet`:
   * nothing more came, and the source does not tell whether more is there.
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
