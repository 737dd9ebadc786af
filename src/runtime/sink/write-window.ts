import { ConnectError } from '../../api/index.ts';

/** A write that is on its way when a run is asked to stop may take so long, as a flush of a source may. */
const AFTER_STOP_MS = 8_000;
/** A write that ignores its signal is given up after this. */
const GRACE_MS = 1_000;

/** The time in which a run may write. Its signal aborts at the deadline, some seconds after a stop request, and once the lease is lost. */
export class WriteWindow {
  /** No write begins after it, ms since 1970. */
  readonly deadline: number;
  readonly #controller = new AbortController();
  readonly #over = Promise.withResolvers<never>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** `stop` aborts when the run is asked to end before its time is over. */
  constructor(deadline: number, stop: AbortSignal) {
    this.deadline = deadline;
    this.#over.promise.catch(() => {});
    this.#after(deadline - Date.now(), () => this.end());
    const onStop = () => this.#after(AFTER_STOP_MS, () => this.end());
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Says whether a write may begin. It asks the clock: a process that was frozen must not write what its successor writes. */
  get isOpen(): boolean {
    return !this.signal.aborted && Date.now() < this.deadline;
  }

  /** Aborts what is being written. */
  end(): void {
    if (this.signal.aborted) return;
    this.#controller.abort();
    this.#after(GRACE_MS, () => {
      const remedy = 'see whether the target answers';
      this.#over.reject(new ConnectError('TIMEOUT', 'the target did not finish a write in time', { retriable: true, remedy }));
    });
  }

  /** Resolves as `write` does. Rejects with TIMEOUT where it goes on after the window has ended. */
  within<T>(write: Promise<T>): Promise<T> {
    write.catch(() => {});
    return Promise.race([write, this.#over.promise]);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#controller.abort();
  }

  #after(ms: number, act: () => void): void {
    this.#timers.add(setTimeout(act, Math.max(0, ms)));
  }
}
