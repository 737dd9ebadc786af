import type { ConnectRecord } from '../../../../api/index.ts';
import { distance, varintBytes, varlongBytes, writeVarint, writeVarlong } from './varints.ts';

/** A record as Kafka takes it. */
export interface OutgoingRecord extends ConnectRecord {
  /** Milliseconds since 1970; within 64 bits. */
  readonly timestamp: number | bigint;
}

/** Length, attributes, time, distance, lengths of key and value, number of headers: what a record takes besides its bytes, at most. */
const MOST_OVERHEAD = 5 + 1 + 10 + 5 + 5 + 5 + 5;
const HEADER_OVERHEAD = 5 + 5;

/** How many bytes a record takes at most in a batch that is not compressed. */
export function mostBytes({ key, value, headers }: ConnectRecord): number {
  let bytes = MOST_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) bytes += HEADER_OVERHEAD + Buffer.byteLength(header.name) + (header.value?.length ?? 0);
  return bytes;
}

/**
 * The records of a batch, one behind the other, not compressed, with `room` free bytes before the first. Our own encoder: the library's has
 * no second header of one name and no time beyond 31 bits from the first one.
 */
export function encodeRecords(records: readonly OutgoingRecord[], room: number): Buffer {
  const base = records[0]?.timestamp ?? 0;
  const names = new Map<string, Buffer>();
  const sizes = records.map((record, index) => bodyBytes(record, index, base, names));
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + varintBytes(size) + size, room));
  let at = room;
  for (const [index, record] of records.entries()) {
    at = writeVarint(buffer, at, sizes[index] as number);
    buffer[at++] = 0; // attributes
    at = writeVarlong(buffer, at, distance(record.timestamp, base));
    at = writeVarint(buffer, at, index);
    at = writeBytes(buffer, at, record.key);
    at = writeBytes(buffer, at, record.value);
    at = writeVarint(buffer, at, record.headers.length);
    for (const { name, value } of record.headers) at = writeBytes(buffer, writeBytes(buffer, at, names.get(name) as Buffer), value);
  }
  return buffer;
}

function bodyBytes({ key, value, headers, timestamp }: OutgoingRecord, index: number, base: number | bigint, names: Map<string, Buffer>) {
  let bytes = 1 + varlongBytes(distance(timestamp, base)) + varintBytes(index) + bytesBytes(key) + bytesBytes(value);
  bytes += varintBytes(headers.length);
  for (const header of headers) {
    let name = names.get(header.name);
    if (name === undefined) {
      name = Buffer.from(header.name);
      names.set(header.name, name);
    }
    bytes += bytesBytes(name) + bytesBytes(header.value);
  }
  return bytes;
}

const bytesBytes = (bytes: Buffer | null): number => (bytes === null ? 1 : varintBytes(bytes.length) + bytes.length);

function writeBytes(buffer: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(buffer, at, -1);
  const start = writeVarint(buffer, at, bytes.length);
  bytes.copy(buffer, start);
  return start + bytes.length;
}
