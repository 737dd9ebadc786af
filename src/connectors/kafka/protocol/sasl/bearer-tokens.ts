/** A token as brokers take it. */
export interface BearerToken {
  readonly value: string;
  /** Until when it may open connections, in ms since 1970: well before it expires, so that a session is worth opening. */
  readonly until: number;
}

/** Part of a token's life in which it opens connections. */
const USABLE = 0.8;

/** `expires`: ms since 1970. */
export const usableUntil = (expires: number, now = Date.now()): number => now + (expires - now) * USABLE;

/** The token of one configuration, kept until shortly before it expires. Callers that ask while it is fetched wait for the same one. */
export class BearerTokens {
  readonly #fetch: () => Promise<BearerToken>;
  #token: BearerToken | undefined;
  #fetching: Promise<BearerToken> | undefined;

  /** `fetch` throws ConnectError. */
  constructor(fetch: () => Promise<BearerToken>) {
    this.#fetch = fetch;
  }

  /** To be called before a connection opens, which takes `current`. True where that was kept from before. Throws ConnectError. */
  async ready(): Promise<boolean> {
    if (this.#token !== undefined && Date.now() < this.#token.until) return true;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    this.#token = await this.#fetching;
    return false;
  }

  get current(): string {
    return this.#token?.value ?? '';
  }

  /**
   * Takes in that a broker refused the current one: the next connection gets a new one. Returns whether that is worth a try. One that was
   * `kept` may have been withdrawn since it was fetched, and any may have expired while this process stood still.
   */
  refused(kept: boolean): boolean {
    const isOver = this.#token === undefined || Date.now() >= this.#token.until;
    this.#token = undefined;
    return kept || isOver;
  }
}
