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
  #signs = 0;
  #end: () => void = () => {};

  constructor(requestTimeoutMs: number) {
    this.#patienceMs = PATIENCE * requestTimeoutMs;
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
      () => this.#signs,
      () => this.#given.abort(),
    );
  }

  /** The proxy has answered them, by a refusal for example. */
  answers(who: object): void {
    this.lives();
    this.leaves(who);
  }

  /** The proxy, or the network on the way to it, has shown that it lives. The proxy still owes its answers. */
  lives(): void {
    this.#signs += 1;
  }

  /** They ask no more. Once nobody does, no timer is left. */
  leaves(who: object): void {
    if (this.#unanswered.delete(who) && this.#unanswered.size === 0) this.#end();
  }
}
