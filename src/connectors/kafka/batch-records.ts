import { checkRecords } from './check-records.ts';
import { decompress } from './decompress.ts';
import type { RecordBatch } from './record-batch.ts';
import { RecordCursor } from './record-cursor.ts';

/** A cursor over the records of a batch, in `buffer`. Throws Error, with the reason, where not all of them can be read. */
export function batchRecords(buffer: Buffer, batch: RecordBatch, partition: string, orderingKey: number): RecordCursor {
  const body = buffer.subarray(batch.recordsAt, batch.end);
  // Compaction leaves batches without records, and nothing to decompress in them.
  const records = batch.compression === 0 || batch.records === 0 ? body : decompress(batch.compression, body);
  checkRecords(records, 0, batch);
  return new RecordCursor(records, 0, batch, partition, orderingKey);
}

/** The kind of a transaction marker, whose key holds its version and its kind, 16 bits each. Throws as `batchRecords` does. */
export function markerKind(buffer: Buffer, batch: RecordBatch): number {
  const key = batchRecords(buffer, batch, '', 0).next(0)?.key;
  if (!key || key.length < 4) throw new Error('it is a transaction marker of an unknown form');
  return key.readInt16BE(2);
}
