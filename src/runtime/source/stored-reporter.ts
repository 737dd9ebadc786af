import type { Position } from '../../api/index.ts';

type Positions = ReadonlyMap<string, Position>;

/** Tells a source which of its positions are stored, one call at a time: the latest of what was stored meanwhile comes with the next. */
export class StoredTeller {
  readonly #call: (positions: Positions) => Promise<readonly string[]>;
  readonly #onNotice: (notice: string) => void;
  readonly #onError: (error: unknown) => void;
  #next = new Map<string, Position>();
  #telling: Promise<void> | undefined;

  constructor(
    call: (positions: Positions) => Promise<readonly string[]>,
    onNotice: (notice: string) => void,
    onError: (error: unknown) => void,
  ) {
    this.#call = call;
    this.#onNotice = onNotice;
    this.#onError = onError;
  }

  tell(positions: Positions): void {
    for (const [partition, position] of positions) this.#next.set(partition, position);
    if (this.#next.size > 0) this.#telling ??= this.#tellAll();
  }

  /** Resolves once all that was told has been taken in; never rejects. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    while (this.#next.size > 0) {
      const positions = this.#next;
      this.#next = new Map();
      try {
        for (const notice of await this.#call(positions)) this.#onNotice(notice);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#telling = undefined;
  }
}
