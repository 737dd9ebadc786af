import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectError, toConnectError } from '../../api/index.ts';

/** As long as nothing was ever answered: an address that is wrong must be told soon. */
const FIRST_PATIENCE_MS = 5_000;
/** For a topic that is not there: brokers that just started may not know of it yet. */
const ABSENT_PATIENCE_MS = 4_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Decides how long one run tries again what failed. */
export class Recovery {
  readonly #signal: AbortSignal;
  readonly #patienceMs: number;
  #answered = false;
  #failingSince: number | undefined;
  #absentSince: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  /** `patienceMs`: how long a failure may last that comes in mid-run, time for a broker to restart or hand its partitions over. */
  constructor(signal: AbortSignal, patienceMs: number) {
    this.#signal = signal;
    this.#patienceMs = patienceMs;
  }

  /** Repeats `work` as long as its failures may pass; throws the one that lasts, or the last one when the run is aborted. */
  async retry<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await this.pause(toConnectError(error));
      }
    }
  }

  /** Waits a little after a failure; throws it where trying again makes no sense. */
  async pause(error: ConnectError): Promise<void> {
    if (this.#signal.aborted || this.#timeLeft(error) <= 0) throw error;
    await sleep(this.#pauseMs, undefined, { signal: this.#signal }).catch(() => {
      throw error;
    });
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** All is well again. */
  over(): void {
    this.#answered = true;
    this.#failingSince = undefined;
    this.#absentSince = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  #timeLeft({ code, retriable }: ConnectError): number {
    const now = Date.now();
    this.#failingSince ??= now;
    if (code === 'NOT_FOUND') {
      this.#absentSince ??= now;
      return this.#absentSince + ABSENT_PATIENCE_MS - now;
    }
    if (!retriable) return 0;
    this.#absentSince = undefined;
    return this.#failingSince + (this.#answered ? this.#patienceMs : Math.min(FIRST_PATIENCE_MS, this.#patienceMs)) - now;
  }
}
