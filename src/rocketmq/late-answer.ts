import { setTimeout as sleep } from 'node:timers/promises';
import { untilAborted, withPatience } from '../kit/index.ts';
import { pauseBefore } from './pauses.ts';
import type { Unanswered } from './remoting/connection-error.ts';

export interface LateAnswerOptions {
  /** Finds out whether the broker answers anything at all. It is called again after a while where the broker does not. */
  readonly isAlive: () => Promise<boolean>;
  /** How long a broker that is alive may take. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits for the answer to a request that got none in time. A broker that stands still later carries out what it was sent, and all that is
 * sent to it meanwhile, so nothing more is sent until it answers again. Resolves with undefined where the request was given up, or the
 * signal aborted.
 */
export async function lateAnswer<Answer>(
  { settled, giveUp }: Unanswered<Answer>,
  { isAlive, patienceMs, signal }: LateAnswerOptions,
): Promise<Answer | undefined> {
  const over = new AbortController();
  void settled.then(() => over.abort());
  const waiting = AbortSignal.any([signal, over.signal]);
  for (let attempt = 0; !waiting.aborted; attempt += 1) {
    if (await untilAborted(isAlive(), waiting).catch(() => false)) break;
    await sleep(pauseBefore(attempt), undefined, { signal: waiting }).catch(() => {});
  }
  try {
    // A process that was busy or frozen may have the answer, and not have read it yet.
    return await withPatience(patienceMs, (late) => untilAborted(settled, AbortSignal.any([signal, late])));
  } catch {
    return undefined;
  } finally {
    giveUp();
  }
}
