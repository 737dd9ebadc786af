import type { Position } from '../../api/index.ts';

type Positions = ReadonlyMap<string, Position>;

export interface ReporterOptions {
  /** Reports positions to the source. Resolves with notices. */
  readonly report: (positions: Positions) => Promise<readonly string[]>;
  readonly onNotice: (notice: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Reports to a source which of its positions are stored. Calls never overlap: the next one has the latest of what was stored meanwhile. */
export class StoredReporter {
  readonly #options: ReporterOptions;
  #next = new Map<string, Position>();
  #reporting: Promise<void> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** These positions are stored now. */
  report(positions: Positions): void {
    for (const [partition, position] of positions) this.#next.set(partition, position);
    if (this.#next.size > 0) this.#reporting ??= this.#reportAll();
  }

  /** Resolves when the source has taken in all positions so far. Never rejects. */
  async settled(): Promise<void> {
    await this.#reporting;
  }

  async #reportAll(): Promise<void> {
    const { report, onNotice, onError } = this.#options;
    while (this.#next.size > 0) {
      const positions = this.#next;
      this.#next = new Map();
      try {
        for (const notice of await report(positions)) onNotice(notice);
      } catch (error) {
        onError(error);
      }
    }
    this.#reporting = undefined;
  }
}
