import type { SourceRecord } from '../../../api/index.ts';

/** Rows that records of the log have changed. */
export class ChangedRows {
  /** Of tables and their keys. */
  readonly #keys = new Set<SourceRecord['orderingKey']>();

  add(records: readonly SourceRecord[]): void {
    for (const { orderingKey } of records) this.#keys.add(orderingKey);
  }

  /** Whether the row of this record is one of them. */
  has({ orderingKey }: SourceRecord): boolean {
    return this.#keys.has(orderingKey);
  }

  clear(): void {
    this.#keys.clear();
  }
}
