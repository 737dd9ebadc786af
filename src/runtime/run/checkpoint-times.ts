/** A run that dies young, because its machine or its memory was too small, should not have been for nothing. */
const FIRST_MS = 1_000;
/** What a crash repeats at most, besides what is in flight. */
const RECORDS = 50_000;
/** Fast copies must not write to the store all the time. */
const LEAST_MS = 500;

/** When a run makes its positions durable: soon at first, then at twice the pause each time up to the interval, and by records. */
export class CheckpointTimes {
  readonly #intervalMs: number;
  #pauseMs: number;
  #last = Date.now();
  #records = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#pauseMs = Math.min(FIRST_MS, intervalMs);
  }

  /** The next one by the clock, ms since 1970. */
  get at(): number {
    return this.#last + this.#pauseMs;
  }

  /** `records`: handed over since the run began. */
  due(records: number): boolean {
    const passed = Date.now() - this.#last;
    return passed >= this.#pauseMs || (records - this.#records >= RECORDS && passed >= LEAST_MS);
  }

  done(records: number): void {
    if (Date.now() >= this.at) this.#pauseMs = Math.min(this.#pauseMs * 2, this.#intervalMs);
    this.#last = Date.now();
    this.#records = records;
  }
}
