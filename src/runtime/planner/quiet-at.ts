import type { TaskItem } from '../../store/store.ts';

/** A function runs no longer, with the margin of its lease: for a run of which nothing else is known. */
const LONGEST_RUN_MS = 15 * 60_000 + 5_000;

/**
 * Returns until when, ms since 1970, the run that a plan took a task from may still send what it had read. It is in the past where there is
 * none. `listed` is the task shortly before it was fenced.
 */
export function quietAt(listed: TaskItem, fenced: TaskItem, now: number): number {
  const earlier = listed.planned?.quietAt ?? 0;
  if (!fenced.rerun) return earlier;
  // A run holds the task and nobody took it in between: the end of its lease is known.
  const known = fenced.epoch === listed.epoch + 1 && listed.leaseOwner !== 'planner';
  return Math.max(earlier, known ? listed.leaseUntil : now + LONGEST_RUN_MS);
}
