/** Fewer bytes than this may be small requests of others, such as the question whether a proxy lives. */
const STEP_BYTES = 65_536;
/** A request may have to be sent again. */
const TIMES = 2;

/**
 * How far a request has been sent, while nobody can answer it yet. Over a slow uplink that takes long, and is no silence of the proxy.
 */
export class RequestProgress {
  readonly #sentBytes: () => number;
  readonly #begin: number;
  readonly #most: number;
  #steps = 0;

  /**
   * Made before the request is sent. `sentBytes`: what the connections have sent so far. `inFlight`: the bytes of this request and of
   * those that are on their way, which the network takes before it, or by turns.
   */
  constructor(sentBytes: () => number, inFlight: number) {
    this.#sentBytes = sentBytes;
    this.#begin = sentBytes();
    this.#most = inFlight * TIMES;
  }

  /** Grows as the request is sent. It stops once the request must have been sent, whatever else is sent by then. */
  get steps(): number {
    const bytes = Math.min(this.#sentBytes() - this.#begin, this.#most);
    this.#steps = Math.max(this.#steps, Math.floor(bytes / STEP_BYTES));
    return this.#steps;
  }
}
