/** Walks through what comes in chunks, one item at a time. */
export class Cursor<T> {
  readonly #chunks: AsyncIterator<readonly T[]>;
  #chunk: readonly T[] = [];
  #index = 0;
  #passed = 0;

  constructor(chunks: AsyncIterable<readonly T[]>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Items that are behind it. */
  get passed(): number {
    return this.#passed;
  }

  /** The item that it stands at; undefined at the end. */
  async peek(): Promise<T | undefined> {
    while (this.#index >= this.#chunk.length) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#chunk = next.value;
      this.#index = 0;
    }
    return this.#chunk[this.#index];
  }

  /** Ends the walk, wherever it is. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  pass(): void {
    this.#index += 1;
    this.#passed += 1;
  }
}
