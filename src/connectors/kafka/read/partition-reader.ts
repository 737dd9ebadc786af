import { ConnectError, type Position, type SourceRecord } from '../../../api/index.ts';
import { hashText } from '../../../kit/index.ts';
import { partitionName, type TopicPartition } from '../protocol/partition-name.ts';
import { batchRecords, markerKind, refusedBatch } from '../protocol/records/batch-records.ts';
import type { Damage } from '../protocol/records/damage.ts';
import { type AbortedTransaction, AbortedTransactions, type RecordBatch, readRecordBatch } from '../protocol/records/record-batch.ts';
import type { RecordCursor } from '../protocol/records/record-cursor.ts';
import { type Gap, scanBatches } from '../protocol/records/scan-batches.ts';

/** What one fetch response brought for one partition: whole, undamaged batches, and what ended them. */
interface Chunk {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly aborted: AbortedTransactions;
  readonly damage: Damage | undefined;
}

type Route = (record: SourceRecord) => SourceRecord;

/** What is handed out next, with its bytes and the offset behind it. */
interface Next {
  readonly record: SourceRecord;
  readonly size: number;
  readonly position: number;
}

/** One partition of a run: what was fetched and not yet handed out, and how far both are. */
export class PartitionReader {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  /** Partitions of one topic go to queues in turn, and topics begin at different ones: those of one partition would all meet in the first. */
  readonly orderingKey: number;
  /** Where the next fetch begins. */
  fetchOffset: number;
  /** Where the run ends: the partition's end when it was first fetched from. */
  end: number | undefined;
  /** The partition's end as of `endKnownAt`, ms since 1970. */
  currentEnd: number;
  endKnownAt = 0;
  /** Offsets behind that end which wait for a transaction to end. */
  heldBack = 0;
  /** Fetched and not yet handed out. */
  bufferedBytes = 0;
  /** Everything before it was handed out or holds no record to hand out. */
  position: number;
  /** Why nothing behind `position` can be read, once all before it is handed out. */
  failure: ConnectError | undefined;
  /** Offsets that are missing before and between the batches that were fetched last. */
  gaps: readonly Gap[] = [];
  readonly #chunks: Chunk[] = [];
  #cursor: RecordCursor | undefined;
  #batch: RecordBatch | undefined;
  /** Offset of a batch that the last fetch brought, and that only the next fetch can judge. */
  #undecided: number | undefined;
  /** Read, and put back because it did not fit. */
  #held: Next | undefined;

  /** The position that the runtime knows: from its store, from the record handed out last, or from `untoldPosition`. */
  #told: number | undefined;

  readonly #route: Route | undefined;

  /** `stored`: the position is the runtime's own; otherwise it was found out by looking. `route`: what all records get besides. */
  constructor({ topic, partition }: TopicPartition, position: number, stored: boolean, route?: Route) {
    this.#route = route;
    this.name = partitionName({ topic, partition });
    this.topic = topic;
    this.partition = partition;
    this.orderingKey = hashText(topic) + partition;
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
    return this.fetched && !this.holdsMore;
  }

  /** True while the reader holds records or a damaged batch that `take` has not returned yet. */
  get holdsMore(): boolean {
    return this.#chunks.length > 0 || this.#held !== undefined;
  }

  /** Drops everything that `take` has not returned yet. The caller must not call `take` afterwards. */
  drop(): void {
    this.#chunks.length = 0;
    this.#cursor = undefined;
    this.#batch = undefined;
    this.#held = undefined;
    this.bufferedBytes = 0;
  }

  /** Goes on at another place. It may hold nothing. */
  seek(position: number, end: number): void {
    this.position = position;
    this.fetchOffset = position;
    this.end = end;
    this.knowEnd(end);
  }

  /** Takes in where the partition ends now, according to its leader, and how many offsets behind that are held back. */
  knowEnd(end: number, heldBack = Math.max(0, this.heldBack - (end - this.currentEnd))): void {
    this.currentEnd = end;
    this.heldBack = heldBack;
    this.endKnownAt = Date.now();
    this.end ??= end;
  }

  /** Where the partition ends, as far as it was told. */
  get #toldEnd(): number {
    return this.endKnownAt === 0 ? Number.POSITIVE_INFINITY : this.currentEnd;
  }

  untoldPosition(): Position | undefined {
    if (this.#told === this.position) return undefined;
    this.#told = this.position;
    return String(this.position);
  }

  /** Takes in what a fetch from `fetchOffset` brought. Returns false when that holds no whole batch. */
  add(buffer: Buffer, aborted: readonly AbortedTransaction[]): boolean {
    const { start, end, after, damage, gaps, undecided } = scanBatches(buffer, this.fetchOffset, this.#toldEnd, this.#undecided);
    this.gaps = gaps;
    this.#undecided = undecided;
    if (after === undefined && damage === undefined) return false;
    // The end was looked up before these were read, and moved on since: nothing of them is held back.
    if (this.endKnownAt !== 0 && after !== undefined && after > this.currentEnd) this.knowEnd(after);
    this.#chunks.push({ buffer, start, end, aborted: new AbortedTransactions(aborted), damage });
    this.bufferedBytes += buffer.length;
    // Where damage of unknown length ends can only be guessed.
    const behind = damage === undefined ? after : (damage.behind ?? Number.POSITIVE_INFINITY);
    this.fetchOffset = Math.max(behind ?? 0, this.fetchOffset);
    return true;
  }

  /**
   * Appends records to `into`, in order: at most `maxRecords`, and at most `maxBytes` of them unless `into` is empty.
   * Returns their bytes.
   */
  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    const full = into.length + maxRecords;
    let bytes = 0;
    while (into.length < full) {
      const next = this.#held ?? this.#next();
      if (next === undefined) break;
      const { record, size, position } = next;
      this.#held = bytes + size > maxBytes && into.length > 0 ? next : undefined;
      if (this.#held !== undefined) break;
      this.position = position;
      this.#told = position;
      bytes += size;
      into.push(record);
    }
    return bytes;
  }

  /** The next record, moving `position` over what holds none. */
  #next(): Next | undefined {
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
  #open({ buffer, aborted }: Chunk, at: number): Next | undefined {
    const batch = readRecordBatch(buffer, at);
    this.#batch = batch;
    this.#cursor = undefined;
    try {
      if (aborted.covers(batch, () => markerKind(buffer, batch)) || batch.lastOffset < this.position) return undefined;
      this.#cursor = batchRecords(buffer, batch, this.name, this.orderingKey);
      return undefined;
    } catch (error) {
      const bytes = buffer.subarray(batch.start, batch.end);
      const firstOffset = Math.max(this.position, batch.baseOffset);
      return this.#refused({ bytes, firstOffset, behind: batch.lastOffset + 1, error: refusedBatch(error, batch) });
    }
  }

  #close(chunk: Chunk): Next | undefined {
    this.#chunks.shift();
    this.#batch = undefined;
    this.#cursor = undefined;
    this.bufferedBytes -= chunk.buffer.length;
    return chunk.damage && this.#refused(chunk.damage);
  }

  #refused({ error, bytes, firstOffset, behind }: Damage): Next | undefined {
    const refused = new ConnectError(error.code, `partition ${this.name}, batch at offset ${firstOffset}: ${error.message}`, {
      cause: error,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    });
    if (behind === undefined) {
      this.failure = refused;
      return undefined;
    }
    const record: SourceRecord = {
      partition: this.name,
      id: String(firstOffset),
      position: String(behind),
      orderingKey: this.orderingKey,
      key: null,
      value: bytes,
      headers: [],
      refused,
    };
    return { record, size: bytes.length, position: behind };
  }
}
