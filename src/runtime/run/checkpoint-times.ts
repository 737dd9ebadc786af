/** The first checkpoint comes soon: a run that dies young, because its memory was too small, should not have been for nothing. */
const FIRST_MS = 1_000;
/** A crash repeats no more records than these and those in flight. */
const RECORDS = 50_000;
/** Fast copies must not write to the store all the time: checkpoints by records are this far apart, at least. */
const LEAST_MS = 500;

/** Decides when a run makes its positions durable: soon at first, then at twice the pause each time up to the interval, and by records. */
export class CheckpointTimes {
  readonly #intervalMs: number;
  #pauseMs: number;
  #last = Date.now();
  #records = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#pauseMs = Math.min(FIRST_MS, intervalMs);
  }

  /** When the next checkpoint is due by the clock, ms since 1970. */
  get at(): number {
    return this.#last + this.#pauseMs;
  }

  /** Says whether a checkpoint is due. `records` is how many the run has handed over so far. */
  due(records: number): boolean {
    const passed = Date.now() - this.#last;
    return passed >= this.#pauseMs || (records - this.#records >= RECORDS && passed >= LEAST_MS);
  }

  /** A checkpoint was made. */
  done(records: number): void {
    if (Date.now() >= this.at) this.#pauseMs = Math.min(this.#pauseMs * 2, this.#intervalMs);
    this.#last = Date.now();
    this.#records = records;
  }
}
