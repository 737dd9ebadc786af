/** Bytes of a record batch (message format v2) up to its first record. */
const HEADER_BYTES = 61;
/** Base offset and length: the bytes that `length` does not count. */
const PREFIX_BYTES = 12;
const COMPRESSION = 0b111;
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;

/** The header of one record batch, the unit in which Kafka stores, compresses and transacts. */
export interface RecordBatch {
  readonly baseOffset: number;
  /** Kept by compaction, so the place after a batch is known even when its last records are gone. */
  readonly lastOffset: number;
  /** Index of the batch's first byte, and of the first one after it. */
  readonly start: number;
  readonly end: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly compression: number;
  readonly transactional: boolean;
  /** Holds a transaction marker instead of records. */
  readonly control: boolean;
  readonly producerId: number;
  /** Records hold their distance from it. */
  readonly baseTimestamp: bigint;
  /** The broker's time, where it stands for each record's own. */
  readonly appendTimestamp: bigint | undefined;
  readonly records: number;
  /** Index of the first record's first byte. */
  readonly recordsAt: number;
}

/** Reads the header of the batch that begins at `at`, which must be whole and undamaged: see `scanBatches`. */
export function readRecordBatch(buffer: Buffer, at: number): RecordBatch {
  const baseOffset = readInt64(buffer, at);
  const attributes = buffer.readInt16BE(at + 21);
  return {
    baseOffset,
    lastOffset: baseOffset + buffer.readInt32BE(at + 23),
    start: at,
    end: at + PREFIX_BYTES + buffer.readInt32BE(at + 8),
    compression: attributes & COMPRESSION,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    producerId: readInt64(buffer, at + 43),
    baseTimestamp: buffer.readBigInt64BE(at + 27),
    appendTimestamp: (attributes & LOG_APPEND_TIME) === 0 ? undefined : buffer.readBigInt64BE(at + 35),
    records: buffer.readInt32BE(at + 57),
    recordsAt: at + HEADER_BYTES,
  };
}

/** A signed 64-bit integer as a number: exact up to 2^53. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4);
}

/** A transaction that was rolled back, as a fetch response names it: all of the producer's batches from here to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

const ABORT_MARKER = 0;

/**
 * Tells which batches of one fetch response belong to aborted transactions. Batches must be shown in the order of their
 * offsets, each once. A response lists every aborted transaction that overlaps it, also one that began before it or whose
 * marker comes after it, and one producer may abort several times within it.
 */
export class AbortedTransactions {
  /** Not yet begun, by falling first offset. */
  readonly #pending: AbortedTransaction[];
  /** Producers that are inside an aborted transaction. */
  readonly #open = new Set<number>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#pending = transactions.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether the batch's records must not be seen. `marker` is read for control batches only. */
  covers(batch: RecordBatch, marker: () => number): boolean {
    for (let next = this.#pending.at(-1); next !== undefined && next.firstOffset <= batch.lastOffset; next = this.#pending.at(-1)) {
      this.#open.add(next.producerId);
      this.#pending.pop();
    }
    if (!batch.control) return batch.transactional && this.#open.has(batch.producerId);
    if (marker() === ABORT_MARKER) this.#open.delete(batch.producerId);
    return true;
  }
}
