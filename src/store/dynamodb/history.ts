import type { Change } from '../store.ts';
import { changeKey, historyOf } from './keys.ts';
import type { Attributes, Table } from './table.ts';
import { EXPIRES_AT } from './table-definition.ts';

const KEEP_S = 366 * 24 * 60 * 60;

/** Who changed what. The items outlive their connector. */
export class History {
  readonly #table: Table;
  readonly #now: () => number;

  constructor(table: Table, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  put({ connector, id, ...change }: Change): Promise<void> {
    const expiresAt = Math.ceil(change.at / 1_000) + KEEP_S;
    // A spec may hold what is undefined, at any depth.
    return this.#table.put({ ...changeKey(connector, id), ...JSON.parse(JSON.stringify(change)), [EXPIRES_AT]: expiresAt });
  }

  async get(connector: string, id: string): Promise<Change | undefined> {
    const item = await this.#table.get(changeKey(connector, id));
    return item && toChange(connector, item);
  }

  /** DynamoDB may take days to remove what has expired. */
  async list(connector: string, limit?: number): Promise<Change[]> {
    const changes: Change[] = [];
    const query = { newestFirst: true, ...(limit !== undefined && { limit }) };
    for await (const item of this.#table.query(historyOf(connector), query)) {
      if ((item[EXPIRES_AT] as number) * 1_000 <= this.#now()) break;
      changes.push(toChange(connector, item));
      if (changes.length === limit) break;
    }
    return changes;
  }
}

function toChange(connector: string, { pk: _, sk, [EXPIRES_AT]: __, ...change }: Attributes): Change {
  return { connector, id: sk as string, ...(change as unknown as Omit<Change, 'connector' | 'id'>) };
}
