import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { crc32c } from '../records/scan-batches.ts';
import { COMPRESSIONS, type Compression } from './compressions.ts';
import { encodeRecords, type OutgoingRecord } from './encode-records.ts';

/** Bytes of a record batch (message format v2) up to its first record. */
export const BATCH_HEAD_BYTES = 61;
/** Base offset and length: the bytes that the length does not count. */
const PREFIX_BYTES = 12;
const CHECKSUM_AT = 17;
const ATTRIBUTES_AT = 21;
const PRODUCER_AT = 43;
const MAGIC = 2;
const ANY_EPOCH = -1;
/** Marks a batch as part of its producer's transaction. */
const TRANSACTIONAL = 0x10;

/** By whom a batch is written, and where it comes in what this producer wrote to the partition. */
export interface BatchPlace {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly transactional?: boolean;
}

/** Makes the batch of at least one record, without its place. */
export async function encodeBatch(records: readonly OutgoingRecord[], compression: Compression): Promise<Buffer> {
  const batch = await withRecords(records, compression);
  let latest = records[0]?.timestamp ?? 0;
  for (const { timestamp } of records) if (timestamp > latest) latest = timestamp;
  batch.writeBigInt64BE(0n, 0); // base offset: the broker gives it
  batch.writeInt32BE(batch.length - PREFIX_BYTES, 8);
  batch.writeInt32BE(ANY_EPOCH, 12);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(COMPRESSIONS.indexOf(compression), ATTRIBUTES_AT);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(records[0]?.timestamp ?? 0), 27);
  batch.writeBigInt64BE(BigInt(latest), 35);
  batch.writeInt32BE(records.length, 57);
  return batch;
}

/** Puts a batch in its place, and seals it. May be called again, for another place. */
export function placeBatch(batch: Buffer, { producerId, epoch, sequence, transactional = false }: BatchPlace): void {
  if (transactional) batch.writeInt16BE(batch.readInt16BE(ATTRIBUTES_AT) | TRANSACTIONAL, ATTRIBUTES_AT);
  batch.writeBigInt64BE(producerId, PRODUCER_AT);
  batch.writeInt16BE(epoch, PRODUCER_AT + 8);
  batch.writeInt32BE(sequence, PRODUCER_AT + 10);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CHECKSUM_AT);
}

async function withRecords(records: readonly OutgoingRecord[], compression: Compression): Promise<Buffer> {
  if (compression === 'none') return encodeRecords(records, BATCH_HEAD_BYTES);
  return Buffer.concat([Buffer.alloc(BATCH_HEAD_BYTES), await compress(compression, encodeRecords(records, 0))]);
}

/** Node's own methods work beside the event loop, and the library's WebAssembly in it. */
async function compress(compression: Compression, data: Buffer): Promise<Buffer> {
  if (compression === 'none') return data;
  if (compression === 'gzip') return promisify(gzip)(data);
  if (compression === 'zstd') return promisify(zstdCompress)(data);
  return Buffer.from(compressionsAlgorithms[compression].compressSync(data));
}
