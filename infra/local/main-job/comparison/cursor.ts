/** Walks through chunks, one item at a time. */
export class Cursor<T> {
  readonly #chunks: AsyncIterator<readonly T[]>;
  #chunk: readonly T[] = [];
  #index = 0;
  #passed = 0;

  constructor(chunks: AsyncIterable<readonly T[]>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The number of items before the current one. */
  get passed(): number {
    return this.#passed;
  }

  /** The current item, or undefined at the end. */
  async peek(): Promise<T | undefined> {
    while (this.#index >= this.#chunk.length) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#chunk = next.value;
      this.#index = 0;
    }
    return this.#chunk[this.#index];
  }

  /** Ends the walk at any item. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  pass(): void {
    this.#index += 1;
    this.#passed += 1;
  }
}
