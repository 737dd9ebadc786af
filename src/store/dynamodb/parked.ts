import type { ParkedKeys } from '../store.ts';
import { parkedKey, parkedOf } from './keys.ts';
import type { Attributes, Table } from './table.ts';

/** Keys whose records become dead letters, an item for each queue. */
export class Parked {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  list(connector: string): Promise<ParkedKeys[]> {
    return this.#table.list(parkedOf(connector), (item) => toParked(connector, item));
  }

  async take(connector: string, queue: string): Promise<ParkedKeys> {
    const { item } = await this.#table.update(parkedKey(connector, queue), {
      update: 'SET #queue = :queue, #version = if_not_exists(#version, :none) + :one, #keys = if_not_exists(#keys, :empty)',
      values: { queue, none: 0, one: 1, empty: {} },
    });
    return toParked(connector, item as Attributes);
  }

  async put({ connector, queue, keys, version }: ParkedKeys): Promise<ParkedKeys | undefined> {
    const next = version + 1;
    const written = await this.#table.update(parkedKey(connector, queue), {
      update: 'SET #keys = :keys, #version = :next',
      condition: '#version = :version',
      values: { keys: Object.fromEntries(keys), version, next },
    });
    const now = written.item === undefined ? undefined : toParked(connector, written.item);
    if (written.written) return now;
    // True as well when the first attempt wrote it and its answer was lost.
    return now?.version === next && isSame(now.keys, keys) ? now : undefined;
  }
}

const isSame = (a: ParkedKeys['keys'], b: ParkedKeys['keys']): boolean =>
  a.size === b.size && [...a].every(([key, place]) => b.get(key) === place);

function toParked(connector: string, item: Attributes): ParkedKeys {
  const { queue, keys, version } = item as { queue: string; keys: Record<string, string>; version: number };
  return { connector, queue, keys: new Map(Object.entries(keys)), version };
}
