/** setTimeout's bound, 24.8 days: a later time is reached in steps. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls at given times, all ended by one `close`. They keep the process alive. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();
  #closed = false;

  /** Calls at `time` (ms since 1970), or at once where that has passed. Returns how to stop it. */
  once(time: number, call: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      if (this.#closed) return;
      const left = Math.max(0, time - Date.now());
      const waiting = setTimeout(
        () => {
          this.#pending.delete(waiting);
          if (left > MAX_DELAY_MS) wait();
          else call();
        },
        Math.min(left, MAX_DELAY_MS),
      );
      timer = waiting;
      this.#pending.add(waiting);
    };
    wait();
    return () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  /** Calls at each time that `next` gives for the one before, the first after now, until it gives none. Returns how to stop it. */
  repeat(next: (after: number) => number | undefined, call: () => void): () => void {
    let stop = () => {};
    const arm = (after: number) => {
      const time = next(after);
      if (time === undefined) return;
      stop = this.once(time, () => {
        call();
        // A timer may be early by a millisecond.
        arm(Math.max(time, Date.now()));
      });
    };
    arm(Date.now());
    return () => stop();
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
