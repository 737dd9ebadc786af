import type { PollLimit, SourceRecord } from '../../../api/index.ts';

/** What a partition of the snapshot hands out. `ended`: nothing comes after these. */
export interface Part {
  readonly records: readonly SourceRecord[];
  readonly ended: boolean;
}

/** Reads one partition of a snapshot. */
export interface PartitionReader {
  readonly partition: string;
  /** The next records, none only at the end. */
  read(limit: PollLimit): Promise<Part>;
  close(): void;
}

export function sizeOf({ key, value, headers }: SourceRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) size += header.name.length + (header.value?.length ?? 0);
  return size;
}

/** Records that are made and not yet handed out, in their order. */
export class Waiting {
  #records: SourceRecord[] = [];
  #next = 0;

  get empty(): boolean {
    return this.#next === this.#records.length;
  }

  add(records: readonly SourceRecord[]): void {
    if (this.empty) {
      this.#records = [...records];
      this.#next = 0;
    } else this.#records.push(...records);
  }

  /** Appends to `into`, which holds `bytes`, what the limit has room for, and returns the bytes it then holds. At least one record. */
  take(into: SourceRecord[], bytes: number, { maxRecords, maxBytes }: PollLimit): number {
    let total = bytes;
    while (!this.empty && into.length < maxRecords) {
      const record = this.#records[this.#next] as SourceRecord;
      const size = sizeOf(record);
      if (into.length > 0 && total + size > maxBytes) break;
      into.push(record);
      this.#next += 1;
      total += size;
    }
    return total;
  }
}
