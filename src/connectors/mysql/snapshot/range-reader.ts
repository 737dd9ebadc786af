import type { PollLimit, Position, SourceRecord } from '../../../api/index.ts';
import type { Table } from '../columns/table.ts';
import type { KeyRange } from './key-range.ts';
import type { Query, QueryRow } from './keyed-table.ts';
import { type Part, type PartitionReader, Waiting } from './partition-reader.ts';
import { type ChunkRow, readChunk } from './read-chunk.ts';
import type { RowRecords } from './row-records.ts';
import { DONE, keyOfPosition, positionAfter } from './snapshot-position.ts';

/** A statement answers with about so many bytes. */
const CHUNK_BYTES = 1024 * 1024;
/** Before anything is known of the rows' size, and by how much more at a time afterwards: a row may be large. */
const FIRST_ROWS = 64;
const GROWTH = 8;

export interface RangeReaderOptions {
  readonly partition: string;
  readonly table: Table;
  readonly range: KeyRange;
  /** Absent: from the beginning of the range. */
  readonly position: Position | undefined;
  readonly query: Query;
  readonly shown: (column: string) => boolean;
  readonly records: RowRecords;
}

/** Reads a range of a table's key, chunk by chunk: each is a statement of its own that locks nothing and keeps no snapshot alive. */
export class RangeReader implements PartitionReader {
  readonly partition: string;
  readonly #options: RangeReaderOptions;
  readonly #waiting = new Waiting();
  #range: KeyRange;
  #position: Position;
  #rows: readonly ChunkRow[] = [];
  #next = 0;
  #last = false;
  #chunkRows = FIRST_ROWS;
  #rowBytes = 0;

  constructor(options: RangeReaderOptions) {
    this.#options = options;
    this.partition = options.partition;
    const { range, position } = options;
    this.#range = position === undefined ? range : { ...range, after: keyOfPosition(position) };
    this.#position = positionAfter(this.#range.after ?? []);
  }

  async read(limit: PollLimit): Promise<Part> {
    const records: SourceRecord[] = [];
    let bytes = this.#waiting.take(records, 0, limit);
    while (this.#waiting.empty && !this.#ended && records.length < limit.maxRecords && bytes < limit.maxBytes) {
      if (this.#next === this.#rows.length) {
        // What one statement gave is worth a poll: another would have it wait.
        if (records.length > 0) break;
        await this.#fetch(limit);
      }
      if (this.#next < this.#rows.length) this.#convert();
      bytes = this.#waiting.take(records, bytes, limit);
    }
    return { records, ended: this.#ended && this.#waiting.empty };
  }

  close(): void {}

  get #ended(): boolean {
    return this.#last && this.#next === this.#rows.length;
  }

  #convert(): void {
    const { records } = this.#options;
    const { key, values } = this.#rows[this.#next] as ChunkRow;
    this.#next += 1;
    const endOfChunk = this.#next === this.#rows.length;
    const after = endOfChunk && this.#last ? DONE : positionAfter(key);
    this.#waiting.add(records.of(values, this.#position, after));
    if (endOfChunk) this.#waiting.add(records.rest(after));
    this.#position = after;
  }

  async #fetch({ maxRecords, maxBytes }: PollLimit): Promise<void> {
    const { query, table, shown } = this.#options;
    const fitting = Math.ceil(Math.min(maxBytes, CHUNK_BYTES) / this.#rowBytes);
    const wanted = this.#rowBytes === 0 ? FIRST_ROWS : Math.min(this.#chunkRows * GROWTH, fitting);
    this.#chunkRows = Math.min(wanted, maxRecords);
    this.#rows = await readChunk(query, table, this.#range, this.#chunkRows, shown);
    this.#next = 0;
    this.#last = this.#rows.length < this.#chunkRows;
    const after = this.#rows.at(-1)?.key;
    if (after === undefined) return;
    this.#range = { ...this.#range, after };
    this.#rowBytes = this.#rows.reduce((sum, { values }) => sum + lengthOf(values), 0) / this.#rows.length;
  }
}

function lengthOf(values: QueryRow): number {
  let length = 0;
  for (const value of values) length += value?.length ?? 0;
  return length;
}
