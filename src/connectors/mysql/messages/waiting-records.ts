import { type PollLimit, recordBytes, type SourceRecord } from '../../../api/index.ts';

/** Records that are made and not yet handed out, in their order. */
export class WaitingRecords {
  readonly #records: SourceRecord[] = [];
  #bytes = 0;

  get empty(): boolean {
    return this.#records.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the next one came into being, ms since 1970. */
  get timestamp(): number | undefined {
    const timestamp = this.#records[0]?.timestamp;
    return timestamp === undefined ? undefined : Number(timestamp);
  }

  add(records: readonly SourceRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += recordBytes(record);
    }
  }

  /** Appends to `into`, which holds `bytes`, what the limit has room for, and returns the bytes it then holds. At least one record. */
  take(into: SourceRecord[], bytes: number, { maxRecords, maxBytes }: PollLimit): number {
    let total = bytes;
    let taken = 0;
    while (taken < this.#records.length && into.length < maxRecords) {
      const record = this.#records[taken] as SourceRecord;
      const size = recordBytes(record);
      if (into.length > 0 && total + size > maxBytes) break;
      into.push(record);
      taken += 1;
      total += size;
    }
    this.#records.splice(0, taken);
    this.#bytes -= total - bytes;
    return total;
  }
}
