import { silence } from '../../kit/index.ts';

/** So many times as long as one request may take: proxies that restart or move are back by then. */
const PATIENCE = 10;

/**
 * Tells when a proxy that is asked has given no sign of life for ten times `requestTimeoutMs`, so that a run does not wait for its deadline.
 * A pause after an answer does not count. Whoever asks is named by an object of their own.
 */
export class ProxySilence {
  readonly #patienceMs: number;
  readonly #given = new AbortController();
  /** It holds everybody who asked and has no answer yet, also during the pause before the next attempt. */
  readonly #unanswered = new Set<object>();
  #answers = 0;
  #end: () => void = () => {};

  readonly #sentBytes: () => number;

  /** `sentBytes`: how much has been sent. A proxy behind a slow network takes large requests for long before it can answer one. */
  constructor(requestTimeoutMs: number, sentBytes: () => number) {
    this.#patienceMs = PATIENCE * requestTimeoutMs;
    this.#sentBytes = sentBytes;
  }

  /** It aborts once the proxy is given up, for good. */
  get signal(): AbortSignal {
    return this.#given.signal;
  }

  asks(who: object): void {
    const isFirst = this.#unanswered.size === 0;
    this.#unanswered.add(who);
    if (!isFirst) return;
    this.#end = silence(
      this.#patienceMs,
      () => `${this.#answers} ${this.#sentBytes()}`,
      () => this.#given.abort(),
    );
  }

  /** The proxy has answered them, by a refusal for example. */
  answers(who: object): void {
    this.lives();
    this.leaves(who);
  }

  /** The proxy has shown that it lives, and owes its answers still. */
  lives(): void {
    this.#answers += 1;
  }

  /** They ask no more. Once nobody does, no timer is left. */
  leaves(who: object): void {
    if (this.#unanswered.delete(who) && this.#unanswered.size === 0) this.#end();
  }
}
