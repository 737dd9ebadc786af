import type { KeptTask } from '../store.ts';
import { keptKey, keptOf } from './keys.ts';
import type { Attributes, Table } from './table.ts';
import { EXPIRES_AT } from './table-definition.ts';

/** Positions of partitions that plans took away. */
export class KeptPositions {
  readonly #table: Table;
  readonly #now: () => number;

  constructor(table: Table, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  keep(connector: string, generation: number, { task, taskConfig, positions }: KeptTask, untilMs: number): Promise<void> {
    const item = { taskConfig, positions: Object.fromEntries(positions), [EXPIRES_AT]: Math.ceil(untilMs / 1_000) };
    return this.#table.put({ ...keptKey({ connector, task }, generation), task, ...item });
  }

  /** Lists them, the oldest first. DynamoDB may take days to remove what has expired. */
  async list(connector: string): Promise<KeptTask[]> {
    const items = await this.#table.list(keptOf(connector), (item) => item);
    return items.filter((item) => (item[EXPIRES_AT] as number) * 1_000 > this.#now()).map(toKept);
  }
}

function toKept({ task, taskConfig, positions }: Attributes): KeptTask {
  return { task, taskConfig, positions: new Map(Object.entries(positions as object)) } as KeptTask;
}
