import type { PollLimit, Position, SourceRecord } from '../../../api/index.ts';
import { WaitingRecords } from '../messages/waiting-records.ts';
import type { Table } from '../tables/table.ts';
import type { RowRecords } from './row-records.ts';
import { type EachRow, type KeyRange, keyAt, type QueryRow, readChunk } from './table-queries.ts';
import { DONE, keyOfPosition, positionAfter } from './task-options.ts';

/** What a partition of the snapshot hands out. `ended`: nothing comes after these. */
export interface Part {
  readonly records: readonly SourceRecord[];
  readonly ended: boolean;
}

/** Reads one partition of a snapshot. */
export interface PartitionReader {
  readonly partition: string;
  /** The next records, none only at the end. */
  read(limit: PollLimit): Promise<Part>;
  close(): void;
}

/** A statement answers with about so many bytes. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** And is stopped where it turns out to have so many: rows may grow along the key. */
const MAX_CHUNK_BYTES = 2 * CHUNK_BYTES;
/** Before anything is known of the rows' size, and by how much more at a time afterwards: a row may be large. */
const FIRST_ROWS = 64;
const GROWTH = 8;

export interface RangeReaderOptions {
  readonly partition: string;
  readonly table: Table;
  readonly range: KeyRange;
  /** Absent: from the beginning of the range. */
  readonly position: Position | undefined;
  readonly eachRow: EachRow;
  /** Has the server work on the next chunk, while one is handed out. */
  readonly readsAhead: boolean;
  readonly shown: (column: string) => boolean;
  readonly records: RowRecords;
}

interface Chunk {
  readonly records: readonly SourceRecord[];
  /** Nothing comes after these. */
  readonly last: boolean;
}

/** Reads a range of a table's key, chunk by chunk: each is a statement of its own that locks nothing and keeps no snapshot alive. */
export class RangeReader implements PartitionReader {
  readonly partition: string;
  readonly #options: RangeReaderOptions;
  readonly #waiting = new WaitingRecords();
  #range: KeyRange;
  #last = false;
  #chunkRows = FIRST_ROWS;
  #rowBytes = 0;
  #ahead: Promise<Chunk> | undefined;

  constructor(options: RangeReaderOptions) {
    this.#options = options;
    this.partition = options.partition;
    const { range, position } = options;
    const after = position === undefined ? [] : keyOfPosition(position);
    // Empty also where the table had no key when it was planned.
    this.#range = after.length === 0 ? range : { ...range, after };
  }

  async read(limit: PollLimit): Promise<Part> {
    while (this.#waiting.empty && !this.#last) await this.#fetch(limit);
    const records: SourceRecord[] = [];
    this.#waiting.take(records, 0, limit);
    return { records, ended: this.#last && this.#waiting.empty };
  }

  close(): void {}

  async #fetch(limit: PollLimit): Promise<void> {
    const { records, last } = await (this.#ahead ?? this.#ask(limit));
    this.#ahead = undefined;
    this.#waiting.add(records);
    this.#last = last;
    if (last || records.length >= limit.maxRecords || !this.#options.readsAhead) return;
    this.#ahead = this.#ask(limit);
    // Told to who takes it; a run may end before.
    this.#ahead.catch(() => {});
  }

  /** Makes records of rows as they come: kept until all are there, rows would cost more than the records. */
  async #ask({ maxRecords, maxBytes }: PollLimit): Promise<Chunk> {
    const { eachRow, table, shown, records } = this.#options;
    const fitting = Math.ceil(Math.min(maxBytes, CHUNK_BYTES) / this.#rowBytes);
    const wanted = this.#rowBytes === 0 ? FIRST_ROWS : Math.min(this.#chunkRows * GROWTH, fitting);
    this.#chunkRows = Math.min(wanted, maxRecords);
    const made: SourceRecord[] = [];
    let position = positionAfter(this.#range.after ?? []);
    let held: QueryRow | undefined;
    let rows = 0;
    let bytes = 0;
    const add = (row: QueryRow, after: Position) => {
      records.add(row, position, after, made);
      position = after;
    };
    records.readNow();
    await readChunk(eachRow, table, this.#range, this.#chunkRows, shown, (row) => {
      rows += 1;
      bytes += lengthOf(row);
      if (held !== undefined) add(held, positionAfter(keyAt(table, held, table.columns.length)));
      held = row;
      return bytes < MAX_CHUNK_BYTES;
    });
    const last = rows < this.#chunkRows && bytes < MAX_CHUNK_BYTES;
    if (held === undefined) return { records: made, last };
    const after = keyAt(table, held, table.columns.length);
    add(held, last ? DONE : positionAfter(after));
    records.addRest(position, made);
    this.#range = { ...this.#range, after };
    this.#rowBytes = bytes / rows;
    return { records: made, last };
  }
}

function lengthOf(values: QueryRow): number {
  let length = 0;
  for (const value of values) length += value?.length ?? 0;
  return length;
}
