import { ConnectError } from '../../../../api/index.ts';
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

const LONGEST_VARINT = 5;
const LONGEST_VARLONG = 10;

/**
 * Walks over all records of a batch without making anything of them. Throws Error where bytes are not the records that the batch
 * announces, so that nothing of such a batch is handed out. `buffer` holds them from `at` to its end, not compressed.
 */
function checkRecords(buffer: Buffer, at: number, { records, baseOffset, lastOffset }: RecordBatch): void {
  const walk = new Walk(buffer, at);
  let before = -1;
  for (let index = 0; index < records; index += 1) {
    const length = walk.varint();
    const end = walk.at + length;
    if (length < 0 || end > buffer.length) throw new Error('a record is longer than its batch');
    walk.at += 1;
    walk.pass(LONGEST_VARLONG);
    const delta = walk.varint();
    if (delta <= before || delta > lastOffset - baseOffset) throw new Error('offsets of its records are not in order');
    before = delta;
    walk.field(-1);
    walk.field(-1);
    const headers = walk.varint();
    if (headers < 0) throw new Error('a record has less than no headers');
    for (let header = 0; header < headers; header += 1) {
      if (walk.at >= end) throw new Error('a record has less headers than it says');
      walk.field(0);
      walk.field(-1);
    }
    if (walk.at !== end) throw new Error('a record does not end where its length says');
  }
  if (records < 0 || walk.at !== buffer.length) throw new Error('it holds more bytes than its records have');
}

class Walk {
  readonly #buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.at = at;
  }

  /** Passes over bytes with their length before them, which is `least` or more. */
  field(least: number): void {
    const length = this.varint();
    if (length < least) throw new Error('a record has a field of a length below nothing');
    if (length > 0) this.at += length;
  }

  varint(): number {
    const byte = this.#buffer[this.at++];
    if (byte !== undefined && byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    this.at -= 1;
    return this.#long();
  }

  /** Passes over an integer of so many bytes at most. */
  pass(longest: number): void {
    for (let index = 0; index < longest; index += 1) if ((this.#buffer[this.at++] ?? 0xff) < 0x80) return;
    throw new Error('a number in a record does not end');
  }

  #long(): number {
    let value = 0;
    const start = this.at;
    this.pass(LONGEST_VARINT);
    for (let index = this.at - 1; index >= start; index -= 1) value = (value << 7) | ((this.#buffer[index] as number) & 0x7f);
    return (value >>> 1) ^ -(value & 1);
  }
}
