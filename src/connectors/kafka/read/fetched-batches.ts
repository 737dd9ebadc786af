import { ConnectError, type SourceRecord } from '../../../api/index.ts';
import { batchRecords, markerKind, refusedBatch } from '../protocol/records/batch-records.ts';
import type { Damage } from '../protocol/records/damage.ts';
import { type AbortedTransactions, type RecordBatch, readRecordBatch } from '../protocol/records/record-batch.ts';
import type { RecordCursor } from '../protocol/records/record-cursor.ts';

/** What one fetch response brought for one partition: whole, undamaged batches, and what ended them. */
export interface Chunk {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly aborted: AbortedTransactions;
  readonly damage: Damage | undefined;
}

/** A record, with its bytes and the offset behind it. */
export interface ReadRecord {
  readonly record: SourceRecord;
  readonly size: number;
  readonly position: number;
}

export type Route = (record: SourceRecord) => SourceRecord;

/** What was fetched of one partition and not yet read. */
export class FetchedBatches {
  /** The size of all that is left. */
  bytes = 0;
  /** Everything before it was read or holds no record to hand out. */
  position: number;
  /** Why nothing behind `position` can be read, once all before it is. */
  failure: ConnectError | undefined;
  readonly #partition: string;
  readonly #orderingKey: number;
  readonly #route: Route | undefined;
  readonly #chunks: Chunk[] = [];
  #cursor: RecordCursor | undefined;
  #batch: RecordBatch | undefined;

  /** `route`: what records get besides. */
  constructor(partition: string, orderingKey: number, position: number, route?: Route) {
    this.#partition = partition;
    this.#orderingKey = orderingKey;
    this.position = position;
    this.#route = route;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  add(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.buffer.length;
  }

  drop(): void {
    this.#chunks.length = 0;
    this.#cursor = undefined;
    this.#batch = undefined;
    this.bytes = 0;
  }

  /** Reads the next record, moving `position` over what holds none. Undefined where nothing is left. */
  next(): ReadRecord | undefined {
    for (;;) {
      const record = this.#cursor?.next(this.position);
      if (record !== undefined) {
        const { size, nextOffset } = this.#cursor as RecordCursor;
        return { record: this.#route?.(record) ?? record, size, position: nextOffset };
      }
      if (this.#batch !== undefined) this.position = Math.max(this.position, this.#batch.lastOffset + 1);
      const [chunk] = this.#chunks;
      if (chunk === undefined) return undefined;
      const at = this.#batch?.end ?? chunk.start;
      const refused = at < chunk.end ? this.#open(chunk, at) : this.#close(chunk);
      if (refused !== undefined) return refused;
    }
  }

  /** Goes on to the batch that begins at `at`, maybe one without records to see. Returns what stands for it where it can't be read. */
  #open({ buffer, aborted }: Chunk, at: number): ReadRecord | undefined {
    const batch = readRecordBatch(buffer, at);
    this.#batch = batch;
    this.#cursor = undefined;
    try {
      if (aborted.covers(batch, () => markerKind(buffer, batch)) || batch.lastOffset < this.position) return undefined;
      this.#cursor = batchRecords(buffer, batch, this.#partition, this.#orderingKey);
      return undefined;
    } catch (error) {
      const bytes = buffer.subarray(batch.start, batch.end);
      const firstOffset = Math.max(this.position, batch.baseOffset);
      return this.#refused({ bytes, firstOffset, behind: batch.lastOffset + 1, error: refusedBatch(error, batch) });
    }
  }

  #close(chunk: Chunk): ReadRecord | undefined {
    this.#chunks.shift();
    this.#batch = undefined;
    this.#cursor = undefined;
    this.bytes -= chunk.buffer.length;
    return chunk.damage && this.#refused(chunk.damage);
  }

  #refused({ error, bytes, firstOffset, behind }: Damage): ReadRecord | undefined {
    const refused = new ConnectError(error.code, `partition ${this.#partition}, batch at offset ${firstOffset}: ${error.message}`, {
      cause: error,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    });
    if (behind === undefined) {
      this.failure = refused;
      return undefined;
    }
    const record: SourceRecord = {
      partition: this.#partition,
      id: String(firstOffset),
      position: String(behind),
      orderingKey: this.#orderingKey,
      key: null,
      value: bytes,
      headers: [],
      refused,
    };
    return { record, size: bytes.length, position: behind };
  }
}
