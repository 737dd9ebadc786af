import type { ConnectError, Position, SourceRecord } from '../../../api/index.ts';
import { hashText } from '../../../kit/index.ts';
import { partitionName, type TopicPartition } from '../protocol/partition-name.ts';
import { type AbortedTransaction, AbortedTransactions } from '../protocol/records/record-batch.ts';
import { type Gap, scanBatches } from '../protocol/records/scan-batches.ts';
import { FetchedBatches, type ReadRecord, type Route } from './fetched-batches.ts';

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
  /** Offsets that are missing before and between the batches that were fetched last. */
  gaps: readonly Gap[] = [];
  readonly #batches: FetchedBatches;
  /** Offset of a batch that the last fetch brought, and that only the next fetch can judge. */
  #undecided: number | undefined;
  /** Read, and put back because it did not fit. */
  #held: ReadRecord | undefined;

  /** The position that the runtime knows: from its store, from the record handed out last, or from `untoldPosition`. */
  #told: number | undefined;

  /** `stored`: the position is the runtime's own; otherwise it was found out by looking. `route`: what all records get besides. */
  constructor({ topic, partition }: TopicPartition, position: number, stored: boolean, route?: Route) {
    this.name = partitionName({ topic, partition });
    this.topic = topic;
    this.partition = partition;
    this.orderingKey = hashText(topic) + partition;
    this.#batches = new FetchedBatches(this.name, this.orderingKey, position, route);
    this.fetchOffset = position;
    this.currentEnd = position;
    this.#told = stored ? position : undefined;
  }

  /** Everything before it was handed out or holds no record to hand out. */
  get position(): number {
    return this.#batches.position;
  }

  /** Why nothing behind `position` can be read, once all before it is handed out. */
  get failure(): ConnectError | undefined {
    return this.#batches.failure;
  }

  /** Fetched and not yet handed out. */
  get bufferedBytes(): number {
    return this.#batches.bytes;
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
    return !this.#batches.isEmpty || this.#held !== undefined;
  }

  /** Drops everything that `take` has not returned yet. The caller must not call `take` afterwards. */
  drop(): void {
    this.#batches.drop();
    this.#held = undefined;
  }

  /** Goes on at another place. It may hold nothing. */
  seek(position: number, end: number): void {
    this.#batches.position = position;
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
    this.#batches.add({ buffer, start, end, aborted: new AbortedTransactions(aborted), damage });
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
      const next = this.#held ?? this.#batches.next();
      if (next === undefined) break;
      const { record, size, position } = next;
      this.#held = bytes + size > maxBytes && into.length > 0 ? next : undefined;
      if (this.#held !== undefined) break;
      this.#batches.position = position;
      this.#told = position;
      bytes += size;
      into.push(record);
    }
    return bytes;
  }
}
