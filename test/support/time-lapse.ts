/**
 * Time of this process that passes at once, for leases and other waits by the clock. Let it pass only while nothing runs: what is
 * under way would not know that it is late. `using`.
 */
export class TimeLapse implements Disposable {
  readonly #now = Date.now;
  /** How far the clock is ahead. */
  ms = 0;

  constructor() {
    Date.now = () => this.#now.call(Date) + this.ms;
  }

  pass(ms: number): void {
    this.ms += ms;
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
  }
}
