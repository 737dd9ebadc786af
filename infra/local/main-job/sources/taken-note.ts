import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Stores how many messages comparisons have taken out of a queue, because the queue itself does not know. */
export class TakenNote {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string, queue: string) {
    this.#folder = folder;
    this.#path = join(folder, `${queue}-taken.json`);
  }

  /** Returns 0 before the first comparison. */
  async read(): Promise<number> {
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    return text === undefined ? 0 : (JSON.parse(text) as { taken: number }).taken;
  }

  async add(count: number): Promise<void> {
    const taken = (await this.read()) + count;
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#path, JSON.stringify({ taken }));
  }
}
