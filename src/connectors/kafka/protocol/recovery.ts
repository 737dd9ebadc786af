import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectError, type ErrorCode, toConnectError } from '../../../api/index.ts';
import { backOff } from '../../../kit/index.ts';

/** As long as nothing was ever answered: an address that is wrong must be told soon. */
const FIRST_PATIENCE_MS = 5_000;
/** For a topic that is not there: brokers that just started may not know of it yet. */
const ABSENT_PATIENCE_MS = 4_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** The run has ended, or is another one's: only a later run may try again. */
const FOR_OTHERS: ReadonlySet<ErrorCode> = new Set(['INTERRUPTED', 'LEASE_LOST']);

/** Decides how long something that fails is tried again. */
export class Recovery {
  readonly #signal: AbortSignal;
  readonly #patienceMs: number;
  #failingSince: number | undefined;
  #absentSince: number | undefined;
  #attempts = 0;

  /**
   * `patienceMs`: how long a failure may last that comes in mid-run, time for a broker to restart or hand its partitions over.
   * `answered`: a broker has answered in this run.
   */
  constructor(signal: AbortSignal, patienceMs: number, answered = false) {
    this.#signal = signal;
    this.#patienceMs = answered ? patienceMs : Math.min(FIRST_PATIENCE_MS, patienceMs);
  }

  /** Repeats `work` as long as its failures may pass; throws the one that lasts, or the last one when the run is aborted. */
  async retry<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (thrown) {
        const error = toConnectError(thrown);
        if (!this.mayPass(error)) throw error;
        await sleep(this.nextPauseMs(), undefined, { signal: this.#signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  /** How long to wait before the next attempt: a little longer each time. */
  nextPauseMs(): number {
    this.#attempts += 1;
    return backOff(this.#attempts - 1, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  }

  /** Whether another attempt makes sense after this failure; from the first one on, time runs. */
  mayPass({ code, retriable }: ConnectError): boolean {
    if (this.#signal.aborted) return false;
    const now = Date.now();
    this.#failingSince ??= now;
    if (code === 'NOT_FOUND') {
      this.#absentSince ??= now;
      return this.#absentSince + ABSENT_PATIENCE_MS > now;
    }
    if (!retriable || FOR_OTHERS.has(code)) return false;
    this.#absentSince = undefined;
    return this.#failingSince + this.#patienceMs > now;
  }
}
