/** Fewer records say nothing about the configuration. */
export const BREAKER_RECORDS = 10;

/** How many records a batch had, and how many of them were refused without being expected to be. */
export interface Judged {
  readonly records: number;
  readonly refused: number;
}

/**
 * Judges small batches of lanes that run side by side by the latest ones together. A batch with refused records waits until enough is known:
 * where the configuration is at fault, no lane may make a dead letter before the others have found the same.
 */
export class RefusalBreaker {
  #writing = 0;
  #latest: Judged[] = [];
  #waiting: Array<() => void> = [];

  /**
   * Resolves with the number of records that were judged where more than half of them were refused, else with undefined. Rejects as `write`
   * does.
   */
  async judge(write: () => Promise<Judged>): Promise<number | undefined> {
    this.#writing += 1;
    let own: Judged | undefined;
    try {
      own = await write();
      this.#add(own);
    } finally {
      this.#writing -= 1;
      for (const wake of this.#waiting.splice(0)) wake();
    }
    if (own.refused === 0) return undefined;
    while (this.#sum('records') < BREAKER_RECORDS && this.#writing > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const records = this.#sum('records');
    return records >= BREAKER_RECORDS && this.#sum('refused') > records / 2 ? records : undefined;
  }

  /** Keeps no more than it takes to judge. */
  #add(judged: Judged): void {
    this.#latest.push(judged);
    while (this.#sum('records') - (this.#latest[0] as Judged).records >= BREAKER_RECORDS) this.#latest.shift();
  }

  #sum(what: keyof Judged): number {
    return this.#latest.reduce((sum, judged) => sum + judged[what], 0);
  }
}
