import type { SourceRecord } from '../../../api/index.ts';

/** What records of the log have changed. */
export class ChangedRows {
  /** Of tables and their keys. */
  readonly #keys = new Set<SourceRecord['orderingKey']>();
  /** A statement that changes tables was among them. */
  anyDefinition = false;

  add(records: readonly SourceRecord[]): void {
    for (const { orderingKey } of records) {
      if (orderingKey === undefined) this.anyDefinition = true;
      else this.#keys.add(orderingKey);
    }
  }

  /** Whether the row of this record was. */
  has({ orderingKey }: SourceRecord): boolean {
    return this.#keys.has(orderingKey);
  }

  clear(): void {
    this.#keys.clear();
    this.anyDefinition = false;
  }
}
