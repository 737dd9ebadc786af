import type { Counters, TaskRef } from '../store/store.ts';

/** How far a run over several tasks has come. */
export interface RunProgress {
  readonly tasks: number;
  /** Tasks that have caught up or failed. */
  readonly ended: number;
  /** Tasks that someone else runs at the moment. */
  readonly waiting: number;
  /** Acknowledged by RocketMQ since the run began, over all tasks. */
  readonly records: number;
  readonly bytes: number;
  readonly elapsedMs: number;
}

/** What a task did in all its invocations of one run. */
export interface TaskTotals extends TaskRef, Counters {
  /** `ran`: one invocation was asked for, and there is more to copy. `waiting`: for other tasks, which have not caught up. */
  readonly outcome: 'caught-up' | 'ran' | 'waiting' | 'failed' | 'interrupted' | 'paused' | 'absent' | 'not-before' | 'failed-before';
  readonly elapsedMs: number;
  readonly lagRecords?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export const endedWell = ({ outcome }: TaskTotals): boolean => outcome === 'caught-up' || outcome === 'ran' || outcome === 'waiting';
