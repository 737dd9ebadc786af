import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectError, type Logger, toConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { pauseBefore } from './pauses.ts';
import { RequestRefused } from './send-request.ts';

export interface DeliverOptions {
  /** Sends the request once. Rejects with RequestRefused or a ConnectError. */
  readonly attempt: () => Promise<void>;
  /** Called before each repeat. It never rejects. */
  readonly beforeRepeat: () => Promise<void>;
  /** ms since 1970. */
  readonly deadline: number;
  readonly closing: AbortSignal;
  readonly logger: Logger;
  /** Names the queue or lane that the request goes to. The log shows it. */
  readonly place: Readonly<Record<string, string | number>>;
}

/** Repeats a request until it is stored. Rejects with RequestRefused, or when a repeat is pointless, at the deadline, or once closed. */
export async function deliver({ attempt, beforeRepeat, deadline, closing, logger, place }: DeliverOptions): Promise<void> {
  let failure: ConnectError | undefined;
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      // An attempt that the deadline cut short says less than the one before it.
      if (failure === undefined || Date.now() < deadline) failure = toConnectError(error);
      if (!mayRepeat(error)) throw error;
      const pause = pauseBefore(count);
      if (closing.aborted || Date.now() + pause >= deadline) throw failure;
      const { code, message } = failure;
      logger.warn('RocketMQ did not acknowledge a batch; sending it again', { ...place, attempt: count, code, reason: message });
      await sleep(pause, undefined, { signal: closing }).catch(() => {});
      await beforeRepeat();
    }
  }
}

function mayRepeat(error: unknown): boolean {
  if (error instanceof RequestRefused) return false;
  return error instanceof AnswerError ? error.again : toConnectError(error).retriable;
}
