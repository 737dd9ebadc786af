import { ConnectError, type PollLimit, type Position, type SourceRecord } from '../../../api/index.ts';
import { WaitingRecords } from '../messages/waiting-records.ts';
import { fullName, type Table } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';
import type { Part, PartitionReader } from './range-reader.ts';
import type { RowRecords } from './row-records.ts';
import { type QueryRow, selectColumns } from './table-queries.ts';
import { DONE, positionAfter } from './task-options.ts';

/** There is no key behind which to go on: after a run that ended too soon the next one begins again. */
export const BEGINNING: Position = positionAfter([]);

export interface WholeTableReaderOptions {
  readonly partition: string;
  readonly table: Table;
  /** `source.snapshotMaxRowsWithoutKey` */
  readonly maxRows: number;
  /** Rows of one statement, as they come. */
  readonly stream: (sql: string) => AsyncIterator<QueryRow>;
  readonly shown: (column: string) => boolean;
  readonly records: RowRecords;
}

/** Reads a table without a primary key, in one statement. */
export class WholeTableReader implements PartitionReader {
  readonly partition: string;
  readonly #options: WholeTableReaderOptions;
  readonly #waiting = new WaitingRecords();
  #rows: AsyncIterator<QueryRow> | undefined;
  /** Read ahead: the last row has another position. */
  #row: QueryRow | undefined;
  #count = 0;

  constructor(options: WholeTableReaderOptions) {
    this.#options = options;
    this.partition = options.partition;
  }

  async read(limit: PollLimit): Promise<Part> {
    this.#rows ??= await this.#begin();
    this.#options.records.readNow();
    const records: SourceRecord[] = [];
    let bytes = this.#waiting.take(records, 0, limit);
    while (this.#waiting.empty && this.#row !== undefined && records.length < limit.maxRecords && bytes < limit.maxBytes) {
      const row = this.#row;
      this.#row = await this.#next(this.#rows);
      const after = this.#row === undefined ? DONE : BEGINNING;
      const made: SourceRecord[] = [];
      this.#options.records.add(row, BEGINNING, after, made);
      if (after === DONE) this.#options.records.addRest(after, made);
      this.#waiting.add(made);
      bytes = this.#waiting.take(records, bytes, limit);
    }
    return { records, ended: this.#row === undefined && this.#waiting.empty };
  }

  close(): void {
    this.#rows?.return?.().catch(() => {});
  }

  async #begin(): Promise<AsyncIterator<QueryRow>> {
    const { table, shown, stream } = this.#options;
    const { database, name } = table;
    const rows = stream(`SELECT ${selectColumns(table, shown).join(', ')} FROM ${quoteName(database, name)}`);
    this.#row = await this.#next(rows);
    return rows;
  }

  async #next(rows: AsyncIterator<QueryRow>): Promise<QueryRow | undefined> {
    const { value, done } = await rows.next();
    if (done) return undefined;
    const { table, maxRows } = this.#options;
    if (this.#count === maxRows) throw tooManyRows(table, maxRows);
    this.#count += 1;
    return value;
  }
}

export const tooManyRows = (table: Table, maxRows: number): ConnectError =>
  new ConnectError(
    'CONFIG_INVALID',
    `source.snapshotMaxRowsWithoutKey: ${fullName(table)} has no primary key and more than ${maxRows} rows`,
    {
      remedy: 'give the table a primary key, leave it out by source.excludeTables, or raise the option; all its rows must fit one run',
    },
  );
