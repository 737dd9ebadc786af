/** Less than this within `requestTimeoutMs` may be small requests of others, such as the question whether a proxy lives. */
const STEP_BYTES = 65_536;

/** Shows that the network is still taking a request, which nobody can answer yet. Times of a slow uplink are no silence of the proxy. */
export class RequestProgress {
  readonly #sentBytes: () => number;
  readonly #begin: number;
  readonly #most: number;
  #seen = 0;

  /**
   * Made before the request is sent. `sentBytes`: what the connections have sent so far. `bytes`: the length of the request. `beside`: so
   * many requests of that length are sent at once, by turns, so that this one is sent when all are.
   */
  constructor(sentBytes: () => number, bytes: number, beside: number) {
    this.#sentBytes = sentBytes;
    this.#begin = sentBytes();
    this.#most = bytes * beside;
  }

  /** The number of steps so far. It stops once the request must have been sent, whatever else is sent by then. */
  get steps(): number {
    const bytes = Math.min(this.#sentBytes() - this.#begin, this.#most);
    this.#seen = Math.max(this.#seen, Math.floor(bytes / STEP_BYTES));
    return this.#seen;
  }
}
