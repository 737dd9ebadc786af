import { setTimeout as sleep } from 'node:timers/promises';

/** The least and the longest time between two requests once the table has asked to slow down. */
const SHORTEST_GAP_MS = 4;
const LONGEST_GAP_MS = 1_000;
/** Requests that are under way together are refused together: that is one reason to slow down, not many. */
const SETTLE_MS = 250;
const SLOWER = 1.6;
const FASTER = 0.99;

/**
 * Spreads requests over time, at the pace that a table takes: slower each time that it throttles, a little faster with each request
 * that it takes, and not at all before it throttled.
 */
export class Pace {
  #gapMs = 0;
  #nextAt = 0;
  #slowedAt = 0;

  /** Resolves when the next request may be sent. */
  async turn(): Promise<void> {
    if (this.#gapMs === 0) return;
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#gapMs;
    if (at > now) await sleep(at - now);
  }

  throttled(): void {
    const now = Date.now();
    if (now - this.#slowedAt < SETTLE_MS) return;
    this.#slowedAt = now;
    this.#gapMs = Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, this.#gapMs * SLOWER));
  }

  passed(): void {
    this.#gapMs = this.#gapMs < SHORTEST_GAP_MS / 4 ? 0 : this.#gapMs * FASTER;
  }
}
