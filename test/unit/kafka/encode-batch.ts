import { compressionsAlgorithms, jsCRC32C, Writer } from '@platformatic/kafka';

export interface TestRecord {
  readonly offset: number;
  readonly timestamp?: number | bigint;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
}

export interface TestBatch {
  /** Offsets the batch was written with: compaction takes records, and leaves these. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly records: readonly TestRecord[];
  readonly compression?: 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly producerId?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** The broker's time, which stands for that of each record. */
  readonly appendTime?: number | bigint;
  /** Instead of what `compression` makes of the records. */
  readonly body?: Buffer;
}

/** The records of a batch, one behind the other, not compressed. */
export const encodeRecords = ({ records, firstOffset }: Pick<TestBatch, 'records' | 'firstOffset'>): Buffer =>
  Buffer.concat(records.map((record) => encodeRecord(record, firstOffset, baseTimestampOf(records))));

const baseTimestampOf = (records: readonly TestRecord[]): bigint => BigInt(records[0]?.timestamp ?? -1);

/** A record batch as brokers store it. */
export function encodeBatch(batch: TestBatch): Buffer {
  const baseTimestamp = baseTimestampOf(batch.records);
  const body = encodeRecords(batch);
  const algorithm = batch.compression === undefined ? undefined : compressionsAlgorithms[batch.compression];
  const attributes =
    (algorithm?.bitmask ?? 0) |
    (batch.appendTime === undefined ? 0 : 1 << 3) |
    (batch.transactional || batch.control ? 1 << 4 : 0) |
    (batch.control ? 1 << 5 : 0);
  const afterChecksum = Writer.create()
    .appendInt16(attributes)
    .appendInt32(batch.lastOffset - batch.firstOffset)
    .appendInt64(baseTimestamp)
    .appendInt64(BigInt(batch.appendTime ?? baseTimestamp))
    .appendInt64(BigInt(batch.producerId ?? -1))
    .appendInt16(0) // producer epoch
    .appendInt32(0) // first sequence
    .appendInt32(batch.records.length).buffer;
  // Kafka writes no compressed nothing either.
  const data = batch.body ?? (algorithm === undefined || body.length === 0 ? body : Buffer.from(algorithm.compressSync(body)));
  return sealBatch(batch.firstOffset, Buffer.concat([afterChecksum, data]));
}

/** Puts before what comes behind a checksum what comes before it: a batch that is whole, whatever its bytes. */
export function sealBatch(firstOffset: number, afterChecksum: Buffer): Buffer {
  const prefix = Writer.create()
    .appendInt64(BigInt(firstOffset))
    .appendInt32(9 + afterChecksum.length)
    .appendInt32(0) // partition leader epoch
    .appendInt8(2) // magic
    .appendUnsignedInt32(jsCRC32C(afterChecksum)).buffer;
  return Buffer.concat([prefix, afterChecksum]);
}

/** The marker that ends a transaction. */
export function encodeMarker(offset: number, producerId: number, kind: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  return encodeBatch({
    firstOffset: offset,
    lastOffset: offset,
    producerId,
    control: true,
    records: [{ offset, key, value: Buffer.alloc(6) }],
  });
}

function encodeRecord({ offset, timestamp, key, value, headers = [] }: TestRecord, firstOffset: number, baseTimestamp: bigint): Buffer {
  const writer = Writer.create()
    .appendInt8(0)
    .append(varlong(BigInt(timestamp ?? -1) - baseTimestamp))
    .appendVarInt(offset - firstOffset)
    .appendVarIntBytes(key ?? null)
    .appendVarIntBytes(value ?? null)
    .appendVarInt(headers.length);
  for (const [name, content] of headers) writer.appendVarIntBytes(Buffer.from(name)).appendVarIntBytes(content);
  return writer.prependVarIntLength().buffer;
}

/** Zigzag and base 128, as the protocol has it; the library's own is wrong beyond 31 bits. */
function varlong(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
