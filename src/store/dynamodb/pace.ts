/** The least and the longest time between two requests once the table has asked to slow down. */
const SHORTEST_GAP_MS = 0.5;
const LONGEST_GAP_MS = 1_000;
/**
 * These factors settle where the table refuses about one request in four: it then takes all that it can, and a refusal costs nothing. Far
 * larger steps, or a pace that only refusals move, crawl behind a table that also refuses some of what it could take.
 */
const SLOWER = 1.05;
const FASTER = 0.98;

/**
 * Spreads requests over time, at the pace that a table takes: slower with each one that it throttles, faster with each one that it
 * takes, and not at all before it throttled. Times are milliseconds since 1970.
 */
export class Pace {
  #gapMs = 0;
  #nextAt = 0;

  /** Returns how many milliseconds to wait before the next request. It counts as sent then. */
  turn(now: number): number {
    if (this.#gapMs === 0) return 0;
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#gapMs;
    return at - now;
  }

  throttled(): void {
    this.#gapMs = Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, this.#gapMs * SLOWER));
  }

  passed(): void {
    this.#gapMs = this.#gapMs < SHORTEST_GAP_MS / 4 ? 0 : this.#gapMs * FASTER;
  }
}
