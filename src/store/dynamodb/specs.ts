import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { specId } from '../spec-id.ts';
import { generationOfSpecKey, type Key, specKey, specsOf } from './keys.ts';
import type { Table } from './table.ts';

/** A process serves few connectors at a time. */
const KEPT = 64;

/** The specs of plans. What stands under a key never changes, so what was read once holds for good. */
export class Specs {
  readonly #table: Table;
  /** By key, also those that are being read; the last was used last. */
  readonly #read = new Map<string, Promise<ConnectorSpec | undefined>>();

  constructor(table: Table) {
    this.#table = table;
  }

  async put(connector: string, generation: number, spec: ConnectorSpec): Promise<void> {
    // A spec may hold what is undefined, at any depth.
    await this.#table.put({ ...specKey(connector, generation, specId(spec)), spec: JSON.parse(JSON.stringify(spec)) });
  }

  async get(connector: string, generation: number, id: string): Promise<ConnectorSpec | undefined> {
    const key = specKey(connector, generation, id);
    const name = `${key.pk} ${key.sk}`;
    const read = this.#read.get(name) ?? this.#table.get(key).then((item) => item?.spec as ConnectorSpec | undefined);
    this.#read.delete(name);
    this.#read.set(name, read);
    for (const [oldest] of this.#read) {
      if (this.#read.size <= KEPT) break;
      this.#read.delete(oldest);
    }
    const spec = await read.catch((error: unknown) => {
      this.#read.delete(name);
      throw error;
    });
    // It may come: a plan stores its spec after its number.
    if (spec === undefined) this.#read.delete(name);
    return spec;
  }

  async forget(connector: string, generation: number, used: ReadonlySet<number>): Promise<void> {
    for await (const key of this.#table.query(specsOf(connector), { only: ['pk', 'sk'] })) {
      const of = generationOfSpecKey(key as unknown as Key);
      if (of < generation && !used.has(of)) await this.#table.delete(key as unknown as Key);
    }
  }

  clear(connector: string): Promise<void> {
    return this.#table.clear(specsOf(connector));
  }
}
