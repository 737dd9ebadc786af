import type { ClientCache } from '../api/index.ts';

interface Entry {
  readonly client: Promise<unknown>;
  close(): Promise<void>;
}

/** Clients of one process, kept in memory. */
export class WarmClients implements ClientCache {
  readonly #entries = new Map<string, Entry>();

  get<T>(key: string, create: () => Promise<T>, close: (client: T) => Promise<void> | void): Promise<T> {
    const kept = this.#entries.get(key);
    if (kept !== undefined) return kept.client as Promise<T>;
    const client = create();
    const entry: Entry = { client, close: async () => close(await client) };
    this.#entries.set(key, entry);
    client.catch(() => this.#forget(key, entry));
    return client;
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(closeQuietly));
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

/** What is given up may be dead, and has nobody left whom its failure would concern. */
async function closeQuietly(entry: Entry): Promise<void> {
  await entry.close().catch(() => {});
}
