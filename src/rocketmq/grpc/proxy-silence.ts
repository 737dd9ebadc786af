import { silence } from '../../kit/index.ts';
import type { RequestProgress } from './request-progress.ts';

/** So many times as long as one request may take: proxies that restart or move are back by then. */
const PATIENCE = 10;

/**
 * Tells when a proxy that is asked has given no sign of life for ten times `requestTimeoutMs`, so that a run does not wait for its
 * deadline. A pause after an answer does not count, nor does the time in which the network takes a request.
 */
export class ProxySilence {
  readonly #patienceMs: number;
  readonly #given = new AbortController();
  /** It holds each request that has no answer yet, also during the pause before the next attempt. */
  readonly #unanswered = new Set<RequestProgress>();
  #signs = 0;
  #end: () => void = () => {};

  constructor(requestTimeoutMs: number) {
    this.#patienceMs = PATIENCE * requestTimeoutMs;
  }

  /** It aborts once the proxy is given up, for good. */
  get signal(): AbortSignal {
    return this.#given.signal;
  }

  asks(request: RequestProgress): void {
    const isFirst = this.#unanswered.size === 0;
    this.#unanswered.add(request);
    if (!isFirst) return;
    this.#end = silence(
      this.#patienceMs,
      () => `${this.#signs} ${[...this.#unanswered].map(({ steps }) => steps)}`,
      () => this.#given.abort(),
    );
  }

  /** The proxy has answered it, by a refusal for example. */
  answers(request: RequestProgress): void {
    this.lives();
    this.leaves(request);
  }

  /** The proxy has shown that it lives, and still owes its answers. */
  lives(): void {
    this.#signs += 1;
  }

  /** The request is over. Once none is left, no timer is. */
  leaves(request: RequestProgress): void {
    if (this.#unanswered.delete(request) && this.#unanswered.size === 0) this.#end();
  }
}
