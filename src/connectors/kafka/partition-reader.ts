import { ConnectError, type Position, type SourceRecord } from '../../api/index.ts';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts';
import { decompress } from './decompress.ts';
import { partitionName, type TopicPartition } from './partition-name.ts';
import { offsetAfter, type RecordBatch, readRecordBatch } from './record-batch.ts';
import { RecordCursor } from './record-cursor.ts';

/** What one fetch response brought for one partition. */
interface Chunk {
  readonly buffer: Buffer;
  readonly aborted: AbortedTransactions;
}

/** One partition of a run: what was fetched and not yet handed out, and how far both are. */
export class PartitionReader {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  /** Where the next fetch begins. */
  fetchOffset: number;
  /** Where the run ends: the partition's end when it was first fetched from. */
  end: number | undefined;
  /** The partition's end as of `endKnownAt`, ms since 1970. */
  currentEnd: number;
  endKnownAt = 0;
  /** Fetched and not yet handed out. */
  bufferedBytes = 0;
  /** Everything before it was handed out or holds no record to hand out. */
  position: number;
  readonly #chunks: Chunk[] = [];
  #cursor: RecordCursor | undefined;
  #batch: RecordBatch | undefined;
  /** Read, and put back because it did not fit. */
  #held: SourceRecord | undefined;

  /** The position that the runtime knows: from its store, from the record handed out last, or from `untoldPosition`. */
  #told: number | undefined;

  /** `stored`: the position is the runtime's own; otherwise it was found out by looking. */
  constructor({ topic, partition }: TopicPartition, position: number, stored: boolean) {
    this.name = partitionName({ topic, partition });
    this.topic = topic;
    this.partition = partition;
    this.position = position;
    this.fetchOffset = position;
    this.currentEnd = position;
    this.#told = stored ? position : undefined;
  }

  /** All that was there when the run began is fetched. */
  get fetched(): boolean {
    return this.end !== undefined && this.fetchOffset >= this.end;
  }

  /** All that was there when the run began is handed out. */
  get finished(): boolean {
    return this.fetched && this.#chunks.length === 0;
  }

  /** Goes on at another place. Nothing may be buffered. */
  seek(position: number, end: number): void {
    this.position = position;
    this.fetchOffset = position;
    this.end = end;
    this.knowEnd(end);
  }

  /** Takes in where the partition ends now, according to its leader. */
  knowEnd(end: number): void {
    this.currentEnd = end;
    this.endKnownAt = Date.now();
    this.end ??= end;
  }

  untoldPosition(): Position | undefined {
    if (this.#told === this.position) return undefined;
    this.#told = this.position;
    return String(this.position);
  }

  /** Takes in what a fetch from `fetchOffset` brought. Returns false when that holds no whole batch. */
  add(buffer: Buffer, aborted: readonly AbortedTransaction[]): boolean {
    const after = this.#named(() => offsetAfter(buffer));
    if (after === undefined) return false;
    this.fetchOffset = Math.max(after, this.fetchOffset);
    this.#chunks.push({ buffer, aborted: new AbortedTransactions(aborted) });
    this.bufferedBytes += buffer.length;
    return true;
  }

  /**
   * Appends records to `into`, in order: at most `maxRecords`, and at most `maxBytes` of them unless `into` is empty.
   * Returns their bytes.
   */
  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    return this.#named(() => {
      const full = into.length + maxRecords;
      let bytes = 0;
      while (into.length < full) {
        const record = this.#held ?? this.#next();
        if (record === undefined) break;
        const { size, nextOffset } = this.#cursor as RecordCursor;
        this.#held = bytes + size > maxBytes && into.length > 0 ? record : undefined;
        if (this.#held !== undefined) break;
        this.position = nextOffset;
        this.#told = nextOffset;
        bytes += size;
        into.push(record);
      }
      return bytes;
    });
  }

  /** The next record, moving `position` over what holds none. */
  #next(): SourceRecord | undefined {
    for (;;) {
      const record = this.#cursor?.next(this.position);
      if (record !== undefined) return record;
      if (this.#batch !== undefined) this.position = Math.max(this.position, this.#batch.lastOffset + 1);
      if (!this.#openBatch()) return undefined;
    }
  }

  /** Goes on to the next batch, maybe one without records to see; false when nothing is buffered. */
  #openBatch(): boolean {
    const [chunk] = this.#chunks;
    if (chunk === undefined) return false;
    const { buffer, aborted } = chunk;
    const batch = readRecordBatch(buffer, this.#batch?.end ?? 0);
    this.#batch = batch;
    this.#cursor = undefined;
    if (batch === undefined) {
      this.#chunks.shift();
      this.bufferedBytes -= buffer.length;
      return true;
    }
    const body = (): [Buffer, number] =>
      // Compaction leaves batches without records, and nothing to decompress in them.
      batch.compression === 0 || batch.records === 0
        ? [buffer.subarray(0, batch.end), batch.recordsAt]
        : [decompress(batch.compression, buffer.subarray(batch.recordsAt, batch.end)), 0];
    // A marker's key holds its version and its kind, 16 bits each.
    const marker = () => new RecordCursor(...body(), batch, this.name, this.partition).next(0)?.key?.readInt16BE(2) ?? -1;
    if (!aborted.covers(batch, marker)) this.#cursor = new RecordCursor(...body(), batch, this.name, this.partition);
    return true;
  }

  /** Names the place in what `read` throws. */
  #named<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const place = `partition ${this.name}, batch at offset ${this.#batch?.baseOffset ?? this.fetchOffset}`;
      if (error instanceof ConnectError) {
        throw new ConnectError(error.code, `${place}: ${error.message}`, { cause: error, ...(error.remedy && { remedy: error.remedy }) });
      }
      throw new ConnectError('RECORD_REFUSED', `${place} can't be decoded: ${error instanceof Error ? error.message : error}`, {
        remedy:
          'check the log segment on its broker; to skip the batch, delete its records at Kafka up to the next offset and set source.onOffsetOutOfRange to earliest',
        cause: error,
      });
    }
  }
}
