import type { SourceRecord } from '../api/record.ts';
import type { PollLimit } from '../api/source-task.ts';

/** What hands out records, in order. */
export interface Taker {
  /**
   * Appends records to `into`: at most `maxRecords`, and at most `maxBytes` of them unless `into` is empty. Returns their bytes.
   */
  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number;
}

/**
 * Takes records from all within the limit: equal shares first, then whatever is there. `first` rotates who begins. Only the
 * very first record may be larger than the limit.
 */
export function takeFairly(takers: readonly Taker[], { maxRecords, maxBytes }: PollLimit, first: number): SourceRecord[] {
  const records: SourceRecord[] = [];
  let bytes = 0;
  let shares = takers.length;
  for (let before = -1; before < records.length && records.length < maxRecords; shares = 1) {
    before = records.length;
    const recordsShare = Math.ceil((maxRecords - records.length) / shares);
    const bytesShare = Math.ceil((maxBytes - bytes) / shares);
    for (let index = 0; index < takers.length && records.length < maxRecords; index += 1) {
      const taker = takers[(first + index) % takers.length] as Taker;
      bytes += taker.take(records, Math.min(recordsShare, maxRecords - records.length), Math.min(bytesShare, maxBytes - bytes));
    }
  }
  return records;
}
