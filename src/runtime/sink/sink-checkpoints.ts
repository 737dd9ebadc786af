import { setTimeout as sleep } from 'node:timers/promises';
import { CheckpointTimes } from '../run/checkpoint-times.ts';
import type { Run } from '../run/run.ts';

/** A checkpoint by records is seen to be due this late, at most. */
const LOOK_EVERY_MS = 500;

/**
 * Makes what the tracker reached durable while `copying` goes on. It does so also where nothing has moved: a run that lost its lease must
 * not write on when the target comes back. Resolves with the copying; rejects with what a checkpoint threw. `records` counts what was
 * copied; `onStored` is called after each checkpoint.
 */
export async function checkpointWhile(
  copying: Promise<unknown>,
  { lease, tracker, spec, deps }: Run,
  records: () => number,
  onStored: () => void,
): Promise<void> {
  const times = new CheckpointTimes(spec.batch.checkpointIntervalMs);
  const over = new AbortController();
  const end = () => over.abort();
  copying.then(end, end);
  while (!over.signal.aborted) {
    const pause = Math.min(LOOK_EVERY_MS, Math.max(1, times.at - Date.now()));
    await sleep(pause, undefined, { signal: over.signal }).catch(() => {});
    if (over.signal.aborted || !times.due(records())) continue;
    tracker.takeChanged();
    await deps.store.checkpoint(lease, tracker.positions);
    onStored();
    times.done(records());
  }
  await copying;
}
