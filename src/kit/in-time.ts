import { ConnectError } from '../api/errors.ts';

/** How long a run may go on with something. */
export interface Bounds {
  /** Nothing may begin after it, ms since 1970. */
  readonly deadline: number;
  /** Aborted when the run gives up earlier. */
  readonly signal: AbortSignal;
}

/** Throws INTERRUPTED once the time is over. A process that was frozen may be late by any time: what it holds belongs to its successor. */
export function inTime({ deadline, signal }: Bounds): void {
  if (Date.now() < deadline && !signal.aborted) return;
  throw new ConnectError('INTERRUPTED', 'the time of the run is over', { retriable: true });
}
