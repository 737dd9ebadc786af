import type { RunReport } from './finish-run.ts';

/** This many invocations in a row that die without a word and without a checkpoint are no accident. */
export const MAX_DEAD = 20;

/** Makes the report that fails the task by name. One more run would die unseen, as `dead` runs before it did. */
export function reportOfDead(dead: number, now: number): RunReport {
  const message = `the last ${dead} invocations died: they ran out of memory or of time, or could not reach the table in the end`;
  const remedy = "look in the task function's log for `Runtime exited` and `Task timed out`, raise taskMemory or taskTimeout, and resume";
  const error = { code: 'INTERRUPTED', message };
  return {
    summary: { startedAt: now, endedAt: now, outcome: 'failed', records: 0, bytes: 0, deadLetters: 0, error },
    positions: new Map(),
    skipped: new Set(),
    standing: [],
    failure: { code: error.code, message: `${message}; ${remedy}`, count: dead, at: now, notBefore: 0, fatal: true },
  };
}
