import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectError } from '../../api/index.ts';

/** As long as nothing was ever answered: an address that is wrong must be told soon. */
const FIRST_PATIENCE_MS = 5_000;
/** For a topic that is not there: brokers that just started may not know of it yet. */
const ABSENT_PATIENCE_MS = 3_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Decides how long to try again within one run. */
export class Recovery {
  readonly #signal: AbortSignal;
  #failingSince: number | undefined;
  #pause = FIRST_PAUSE_MS;
  #patience: number;
  readonly #laterPatience: number;

  /** `patienceMs`: how long a failure may last that comes in mid-run, time for a broker to restart or hand its partitions over. */
  constructor(signal: AbortSignal, patienceMs: number) {
    this.#signal = signal;
    this.#patience = Math.min(FIRST_PATIENCE_MS, patienceMs);
    this.#laterPatience = patienceMs;
  }

  /** Returns after a pause when it is worth trying again; throws `error` when not, or when the run is aborted. */
  async pause(error: ConnectError): Promise<void> {
    const passing = error.retriable || error.code === 'NOT_FOUND';
    this.#failingSince ??= Date.now();
    const left = this.#failingSince + (error.code === 'NOT_FOUND' ? ABSENT_PATIENCE_MS : this.#patience) - Date.now();
    if (!passing || left <= 0 || this.#signal.aborted) throw error;
    await sleep(Math.min(this.#pause, left), undefined, { signal: this.#signal }).catch(() => {
      throw error;
    });
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  /** All is well again. */
  over(): void {
    this.#failingSince = undefined;
    this.#pause = FIRST_PAUSE_MS;
    this.#patience = this.#laterPatience;
  }
}
