import type { PollLimit } from '../../../api/index.ts';
import type { Reader } from './reader.ts';

/** Enough for one batch to RocketMQ; more waiting would not make it cheaper. */
const ENOUGH_BYTES = 512 * 1024;
const ENOUGH_RECORDS = 4_096;
/** How long a few messages wait for more. */
const LINGER_MS = 10;
/** How long nothing comes before the server is asked what it has. */
const SILENCE_MS = 150;

/** Waits until a poll is worth its while. */
export class Gathering {
  readonly #signal: AbortSignal;
  #wake = () => {};
  /** The server was asked, and has not answered. */
  #asking = false;
  #refusal: unknown;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Something came, or will not come any more. */
  wake(): void {
    this.#wake();
  }

  /**
   * Returns when enough is there, nothing more can come, or a little time has passed. `onSilence` is asked of readers that got nothing; what
   * it rejects with, this rejects with.
   */
  async wait(readers: readonly Reader[], limit: PollLimit, onSilence: (reader: Reader) => Promise<void>): Promise<void> {
    const bytes = Math.min(ENOUGH_BYTES, limit.maxBytes);
    const records = Math.min(ENOUGH_RECORDS, limit.maxRecords);
    const any = () => sum(readers, 'bufferedRecords') > 0;
    const allFinished = () => readers.every(({ finished }) => finished);
    const failed = () => readers.some(({ failure }) => failure !== undefined);
    const settled = () =>
      failed() ||
      readers.every(({ waiting, finished }) => waiting || finished) ||
      sum(readers, 'bufferedBytes') >= bytes ||
      sum(readers, 'bufferedRecords') >= records;
    if (settled() && (any() || allFinished() || failed())) return;
    if (!any()) await this.#until(() => any() || allFinished() || failed(), SILENCE_MS);
    if (any() || allFinished() || failed()) return this.#until(settled, LINGER_MS);
    if (!this.#asking) this.#ask(readers, onSilence);
    // The answer may come behind messages that fill the room: then it can't be read before some are taken.
    await this.#until(() => any() || allFinished() || failed() || !this.#asking);
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #ask(readers: readonly Reader[], onSilence: (reader: Reader) => Promise<void>): void {
    this.#asking = true;
    this.#refusal = undefined;
    Promise.all(readers.filter(({ finished }) => !finished).map(onSilence))
      .catch((error) => {
        this.#refusal = error;
      })
      .finally(() => {
        this.#asking = false;
        this.#wake();
      });
  }

  /** Until `done`, or so many milliseconds have passed where they are given, or the run is aborted. */
  #until(done: () => boolean, ms?: number): Promise<void> {
    if (done() || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', end);
        this.#wake = () => {};
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(end, ms);
      this.#signal.addEventListener('abort', end, { once: true });
      this.#wake = () => {
        if (done()) end();
      };
    });
  }
}

const sum = (readers: readonly Reader[], what: 'bufferedBytes' | 'bufferedRecords'): number =>
  readers.reduce((total, reader) => total + reader[what], 0);
