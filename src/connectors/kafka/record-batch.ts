import { ConnectError } from '../../api/index.ts';

/** Bytes of a record batch (message format v2) up to its first record. */
const HEADER_BYTES = 61;
/** Base offset and length: the bytes that `length` does not count. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const COMPRESSION = 0b111;
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;

/** The header of one record batch, the unit in which Kafka stores, compresses and transacts. */
export interface RecordBatch {
  readonly baseOffset: number;
  /** Kept by compaction, so the place after a batch is known even when its last records are gone. */
  readonly lastOffset: number;
  /** Index of the first byte after the batch. */
  readonly end: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly compression: number;
  readonly transactional: boolean;
  /** Holds a transaction marker instead of records. */
  readonly control: boolean;
  readonly producerId: number;
  /** Records hold their distance from it. */
  readonly baseTimestamp: number;
  /** The broker's time, where it stands for each record's own. */
  readonly appendTimestamp: number | undefined;
  readonly records: number;
  /** Index of the first record's first byte. */
  readonly recordsAt: number;
}

/** Reads the batch header at `at`; undefined when less than a whole batch is left: brokers may cut the last one. */
export function readRecordBatch(buffer: Buffer, at: number): RecordBatch | undefined {
  if (at + PREFIX_BYTES > buffer.length) return undefined;
  const end = at + PREFIX_BYTES + buffer.readInt32BE(at + 8);
  if (end > buffer.length) return undefined;
  const magic = buffer[at + MAGIC_AT];
  if (magic !== 2) {
    throw new ConnectError('WRONG_KIND', `records are stored in Kafka's message format v${magic}, which is older than Kafka 0.11`, {
      remedy: 'copy the topic once with a current producer',
    });
  }
  const baseOffset = readInt64(buffer, at);
  if (!Number.isSafeInteger(baseOffset)) throw new ConnectError('INTERNAL', `offset ${buffer.readBigInt64BE(at)} is beyond 2^53`);
  const attributes = buffer.readInt16BE(at + 21);
  return {
    baseOffset,
    lastOffset: baseOffset + buffer.readInt32BE(at + 23),
    end,
    compression: attributes & COMPRESSION,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    producerId: readInt64(buffer, at + 43),
    baseTimestamp: readInt64(buffer, at + 27),
    appendTimestamp: (attributes & LOG_APPEND_TIME) === 0 ? undefined : readInt64(buffer, at + 35),
    records: buffer.readInt32BE(at + 57),
    recordsAt: at + HEADER_BYTES,
  };
}

/** The offset after the last whole batch in `buffer`; undefined when it holds none. */
export function offsetAfter(buffer: Buffer): number | undefined {
  let after: number | undefined;
  for (let batch = readRecordBatch(buffer, 0); batch !== undefined; batch = readRecordBatch(buffer, batch.end)) {
    after = batch.lastOffset + 1;
  }
  return after;
}

/** A signed 64-bit integer as a number: exact up to 2^53, which producers that stamp records in nanoseconds exceed. */
function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4);
}
