/** Room to close source or target and for the last write (release), with one retry: half of it each. */
const END_RESERVE_MS = 4_000;
/** Room for what is in flight when reading stops. It is never more than a fifth of a short invocation. */
const FLUSH_RESERVE_MS = 8_000;
/** The lease outlives the invocation by this: clocks differ between machines. */
const LEASE_MARGIN_MS = 5_000;

/** A source may take this long to end, where the run has the time: a slow server that did not take in an acknowledgement delivers again. */
const PATIENT_END_MS = 10_000;

/** The times of one invocation, ms since 1970. They are absolute, so that a frozen process knows on waking that it is late. */
export interface TimeBudget {
  /** Reading ends then. */
  readonly stopPollingAt: number;
  /** No write is tried again after this. */
  readonly sendUntil: number;
  /** How long the source may take to end. */
  readonly closeMs: number;
}

/** Splits the time from `now` to `deadline`. `maxDurationMs` may end reading sooner. */
export function timeBudget(now: number, deadline: number, maxDurationMs: number): TimeBudget {
  const total = Math.max(0, deadline - now);
  const reserve = Math.min(END_RESERVE_MS, total / 10);
  const sendUntil = deadline - reserve;
  return {
    stopPollingAt: Math.min(now + maxDurationMs, sendUntil - Math.min(FLUSH_RESERVE_MS, total / 5)),
    sendUntil,
    closeMs: Math.max(100, reserve / 2),
  };
}

/** When the lease of an invocation ends. */
export const leaseUntil = (deadline: number): number => deadline + LEASE_MARGIN_MS;

/** Returns how long a source may take to end. `leastMs` are kept for it. A run that was asked to end hurries. */
export const endWithin = ({ sendUntil }: TimeBudget, leastMs: number, now: number, hurries: boolean): number =>
  hurries ? leastMs : Math.max(leastMs, Math.min(PATIENT_END_MS, sendUntil - now));
