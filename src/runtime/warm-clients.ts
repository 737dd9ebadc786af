import type { ClientCache } from '../api/index.ts';

interface Entry {
  readonly client: Promise<unknown>;
  close(): Promise<void>;
}

/** Keeps the clients of one process in memory. Beyond `most`, a new client closes the one that was asked for longest ago. */
export class WarmClients implements ClientCache {
  readonly #entries = new Map<string, Entry>();
  readonly #most: number;

  /** `most` must be more than one invocation uses at a time. Default: no bound. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get<T>(key: string, create: () => Promise<T>, close: (client: T) => Promise<void> | void): Promise<T> {
    const kept = this.#entries.get(key);
    if (kept !== undefined) {
      // The last of the map is the one that was used last.
      this.#entries.delete(key);
      this.#entries.set(key, kept);
      return kept.client as Promise<T>;
    }
    const client = create();
    const entry: Entry = { client, close: async () => close(await client) };
    this.#entries.set(key, entry);
    client.catch(() => this.#forget(key, entry));
    this.#closeOldest();
    return client;
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(closeQuietly));
  }

  #closeOldest(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#most) return;
      this.#entries.delete(key);
      void closeQuietly(entry);
    }
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

/** A client that is given up may be dead, and its failure concerns nobody. */
async function closeQuietly(entry: Entry): Promise<void> {
  await entry.close().catch(() => {});
}
