import { ConnectError } from '../../../../api/index.ts';
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

/** Why a batch whose bytes are undamaged can't be read. */
export function refusedBatch(error: unknown, { baseOffset, lastOffset, control }: RecordBatch): ConnectError {
  // By shape: errors of Node itself may come from another realm.
  const { message: reason = String(error) } = error as Partial<Error>;
  // What a transaction marker ends is not known without it, so no dead letter could stand for it.
  return new ConnectError(control ? 'WRONG_KIND' : 'RECORD_REFUSED', `${reason} (offsets ${baseOffset} to ${lastOffset})`, {
    remedy:
      'read it by another client, such as kafka-console-consumer, and see which producer wrote it; errors.tolerance: dead-letter keeps its bytes and goes on behind it',
  });
}
