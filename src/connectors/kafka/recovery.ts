import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectError } from '../../api/index.ts';

/** How long a run puts up with one failure: a broker that restarts or hands its partitions over is back before. */
const PATIENCE_MS = 30_000;
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
  #patience = FIRST_PATIENCE_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
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
    this.#patience = PATIENCE_MS;
  }
}
