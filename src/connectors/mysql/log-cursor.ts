import { createHash } from 'node:crypto';
import type { Position } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import { type Gtids, parseGtids } from './gtids.ts';
import type { TransactionBegin, TransactionEnd } from './log/log-items.ts';
import type { Place } from './messages/change.ts';
import { formatBoundary, type LogPlace, STREAM, type StreamPosition } from './position.ts';

type Counting = Pick<MysqlSourceConfig, 'tables' | 'excludeTables' | 'tombstones' | 'format'>;

/** Names what rows and records are counted by, so that what was counted otherwise is not skipped. */
export const selectionMark = ({ tables, excludeTables, tombstones, format }: Counting): string =>
  createHash('sha256')
    .update(JSON.stringify([tables, excludeTables, tombstones, format]))
    .digest('hex')
    .slice(0, 8);

interface Transaction {
  readonly gtid: string;
  readonly place: LogPlace;
  /** The rows that an earlier run copied, and the records of the next one. */
  readonly skip: number;
  readonly skipRecords: number;
  rows: number;
}

/** Knows the position of each row, and behind which transactions a reader is. */
export class LogCursor {
  readonly #start: StreamPosition;
  readonly #selection: string;
  /** Undefined where places in the log are counted instead. */
  readonly #gtids: Gtids | undefined;
  #boundary: Position;
  #open: Transaction | undefined;
  #isFirst = true;

  constructor(start: StreamPosition, isMariadb: boolean, selection: string) {
    this.#start = start;
    this.#selection = selection;
    this.#gtids = 'gtids' in start.boundary ? parseGtids(start.boundary.gtids, isMariadb) : undefined;
    this.#boundary = formatBoundary(start.boundary);
  }

  /** The last one that was passed. */
  get boundary(): Position {
    return this.#boundary;
  }

  get betweenTransactions(): boolean {
    return this.#open === undefined;
  }

  /** Of the transaction that is open. */
  get transaction(): Transaction {
    return this.#open as Transaction;
  }

  begin({ gtid, place }: TransactionBegin): void {
    const { boundary, inside } = this.#start;
    // Without GTIDs it is the first one, wherever that begins: a new file of the log may lie between it and the boundary.
    const same = 'gtids' in boundary ? inside?.gtid === gtid : this.#isFirst;
    this.#isFirst = false;
    const copied = inside !== undefined && same && inside.selection === this.#selection ? inside : { rows: 0, records: 0 };
    this.#open = { gtid, place, skip: copied.rows, skipRecords: copied.records, rows: 0 };
  }

  /** Counts one row of the open transaction; undefined where an earlier run has copied it. */
  row(): Place | undefined {
    const transaction = this.transaction;
    const row = transaction.rows;
    transaction.rows += 1;
    if (row < transaction.skip) return undefined;
    return {
      partition: STREAM,
      id: `${this.transactionId}:${row}`,
      skip: row === transaction.skip ? transaction.skipRecords : 0,
      behind: (records) => this.#inside(row, records),
      after: this.#inside(row + 1),
    };
  }

  /** The position inside the open transaction, behind all its rows so far. */
  get inside(): Position {
    return this.#inside(this.transaction.rows);
  }

  /** Of the open transaction: the same however often it is read. */
  get transactionId(): string {
    const { gtid, place } = this.transaction;
    return gtid === '' ? `${place.file}:${place.offset}` : gtid;
  }

  end({ place }: TransactionEnd): void {
    const { gtid } = this.transaction;
    if (this.#gtids === undefined) this.#boundary = formatBoundary(place);
    else if (gtid !== '') {
      this.#gtids.add(gtid);
      this.#boundary = formatBoundary({ gtids: this.#gtids.toString() });
    }
    this.#open = undefined;
  }

  #inside(rows: number, records = 0): Position {
    return rows + records === 0 ? this.#boundary : `${this.#boundary}+${rows}.${records}/${this.transaction.gtid}/${this.#selection}`;
  }
}
