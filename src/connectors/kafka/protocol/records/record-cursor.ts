import { isUtf8 } from 'node:buffer';
import { ConnectError, type Header, type SourceRecord } from '../../../../api/index.ts';
import { userHeaderName } from '../../../../kit/index.ts';
import type { RecordBatch } from './record-batch.ts';

const NO_TIMESTAMP = -1;
const NO_HEADERS: readonly Header[] = [];
/** Sums of a base and a distance below it are exact as numbers. */
const EXACT = 2 ** 52;

/**
 * Reads the records of one batch, one at a time and only when asked, so that what was fetched and not yet handed out
 * stays a plain buffer. Keys, values and header values are views of that buffer: nothing is copied.
 */
export class RecordCursor {
  /** Keys, values and headers of the record read last, in bytes. */
  size = 0;
  /** The offset after the record read last. */
  nextOffset = -1;
  readonly #buffer: Buffer;
  #at: number;
  #left: number;
  readonly #batch: RecordBatch;
  readonly #baseTimestamp: number;
  readonly #partition: string;
  readonly #orderingKey: number;
  /** The text of `nextOffset`: usually the next record's id, and keeping it is cheaper than making it again. */
  #nextText = '';
  /** Where the name of the n-th header was last decoded from. */
  readonly #names: Array<{ readonly start: number; readonly length: number; readonly text: string; readonly isText: boolean }> = [];
  /** A header of the record read last has a name that is no text. */
  #isNameLost = false;

  /** `buffer` holds the batch's records from `at` on, not compressed, and `checkRecords` found nothing wrong with them. */
  constructor(buffer: Buffer, at: number, batch: RecordBatch, partition: string, orderingKey: number) {
    this.#buffer = buffer;
    this.#at = at;
    this.#left = batch.records;
    this.#batch = batch;
    this.#baseTimestamp = Number(batch.baseTimestamp);
    this.#partition = partition;
    this.#orderingKey = orderingKey;
  }

  /** The next record at or after offset `from`; undefined at the end of the batch. */
  next(from: number): SourceRecord | undefined {
    while (this.#left > 0) {
      this.#left -= 1;
      const length = this.#varint();
      const end = this.#at + length;
      this.#at += 1;
      const timestampAt = this.#at;
      const timestampDelta = this.#varlong();
      const offset = this.#batch.baseOffset + this.#varint();
      if (offset >= from) return this.#record(offset, this.#timestamp(timestampAt, timestampDelta));
      this.#at = end;
    }
    return undefined;
  }

  #record(offset: number, timestamp: number | bigint): SourceRecord {
    const id = offset === this.nextOffset ? this.#nextText : String(offset);
    this.nextOffset = offset + 1;
    this.#nextText = String(this.nextOffset);
    this.size = 0;
    const key = this.#bytes();
    const value = this.#bytes();
    const headers = this.#headers();
    const partition = this.#partition;
    const position = this.#nextText;
    const orderingKey = this.#orderingKey;
    const record: SourceRecord =
      timestamp === NO_TIMESTAMP
        ? { partition, id, position, key, value, headers, orderingKey }
        : { partition, id, position, key, value, headers, orderingKey, timestamp };
    return this.#isNameLost ? { ...record, refused: nameLost(partition, id) } : record;
  }

  /** A bigint where a number would round it: some producers stamp records in nanoseconds. */
  #timestamp(deltaAt: number, delta: number): number | bigint {
    const { appendTimestamp, baseTimestamp } = this.#batch;
    if (appendTimestamp !== undefined) return asNumber(appendTimestamp);
    if (Math.abs(this.#baseTimestamp) < EXACT && Math.abs(delta) < EXACT) return this.#baseTimestamp + delta;
    return asNumber(BigInt.asIntN(64, baseTimestamp + exactVarlong(this.#buffer, deltaAt)));
  }

  #headers(): readonly Header[] {
    const count = this.#varint();
    this.#isNameLost = false;
    if (count === 0) return NO_HEADERS;
    const headers: Header[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = this.#headerName(index);
      headers.push({ name, value: this.#bytes() });
    }
    return headers;
  }

  /** Records of one batch mostly have the same headers in the same order: a name is only decoded where it is another one. */
  #headerName(index: number): string {
    const length = this.#varint();
    const start = this.#at;
    this.#at += length;
    this.size += length;
    let name = this.#names[index];
    if (name === undefined || name.length !== length || !this.#sameBytes(name.start, start, length)) {
      const bytes = this.#buffer.subarray(start, this.#at);
      name = { start, length, text: userHeaderName(bytes.toString()), isText: isUtf8(bytes) };
      this.#names[index] = name;
    }
    if (!name.isText) this.#isNameLost = true;
    return name.text;
  }

  #sameBytes(a: number, b: number, length: number): boolean {
    const buffer = this.#buffer;
    for (let index = 0; index < length; index += 1) if (buffer[a + index] !== buffer[b + index]) return false;
    return true;
  }

  #bytes(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#at;
    this.#at += length;
    this.size += length;
    return this.#buffer.subarray(start, this.#at);
  }

  /** A zigzag-encoded integer of up to 32 bits. */
  #varint(): number {
    let byte = this.#buffer[this.#at++] as number;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = this.#buffer[this.#at++] as number;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag-encoded integer of up to 64 bits, in floating point as bit operations end at 32; exact below `EXACT`. */
  #varlong(): number {
    let byte = this.#buffer[this.#at++] as number;
    let value = byte & 0x7f;
    for (let factor = 0x80; byte > 0x7f; factor *= 0x80) {
      byte = this.#buffer[this.#at++] as number;
      value += (byte & 0x7f) * factor;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** The zigzag-encoded integer of up to 64 bits at `at`, exact. */
function exactVarlong(buffer: Buffer, at: number): bigint {
  let value = 0n;
  for (let shift = 0n, next = at; ; shift += 7n, next += 1) {
    const byte = buffer[next] as number;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte <= 0x7f) return (value >> 1n) ^ -(value & 1n);
  }
}

const asNumber = (value: bigint): number | bigint =>
  BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;

const nameLost = (partition: string, id: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', `partition ${partition}, record at offset ${id}: a header has a name that is no UTF-8 text`, {
    remedy: 'let its producer write names as text, or set errors.tolerance to dead-letter',
  });
