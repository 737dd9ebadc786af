/** Room to end the source and for the last write (release), with one retry: half of it each. */
const END_RESERVE_MS = 4_000;
/** Room for sends that are in flight when polling stops; never more than a fifth of a short invocation. */
const FLUSH_RESERVE_MS = 8_000;
/** The lease outlives the invocation by this, for clocks that differ between machines. */
const LEASE_MARGIN_MS = 5_000;

/** What a source may take to end where the run has the time: a server that is slow to take in what was acknowledged would give it out again. */
const PATIENT_END_MS = 10_000;

/** The absolute times of one invocation, ms since 1970. Absolute, so that a frozen process knows on waking that it is late. */
export interface TimeBudget {
  /** No poll after this. */
  readonly stopPollingAt: number;
  /** No send is retried after this. */
  readonly sendUntil: number;
  /** How long the source may take to end. */
  readonly closeMs: number;
  readonly leaseUntil: number;
}

/** Splits the time from `now` to `deadline`; `maxDurationMs` may end polling sooner. */
export function timeBudget(now: number, deadline: number, maxDurationMs: number): TimeBudget {
  const total = Math.max(0, deadline - now);
  const reserve = Math.min(END_RESERVE_MS, total / 10);
  const sendUntil = deadline - reserve;
  return {
    stopPollingAt: Math.min(now + maxDurationMs, sendUntil - Math.min(FLUSH_RESERVE_MS, total / 5)),
    sendUntil,
    closeMs: Math.max(100, reserve / 2),
    leaseUntil: deadline + LEASE_MARGIN_MS,
  };
}

export const leaseUntil = (deadline: number): number => deadline + LEASE_MARGIN_MS;

/** How long a source may take to end, of which `leastMs` are kept for it. A run that was told to end hurries. */
export const endWithin = ({ sendUntil }: TimeBudget, leastMs: number, now: number, hurries: boolean): number =>
  hurries ? leastMs : Math.max(leastMs, Math.min(PATIENT_END_MS, sendUntil - now));
