import { createHash } from 'node:crypto';
import type { Position } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import { type Gtids, parseGtids } from './gtids.ts';
import type { TransactionBegin, TransactionEnd } from './log/log-items.ts';
import type { Place } from './messages/change.ts';
import { type Boundary, comparePlaces, formatBoundary, type LogPlace, type ServerPlace, STREAM, type StreamPosition } from './position.ts';
import type { ServerFacts } from './server-facts.ts';
import { withSnapshot } from './snapshot/stream-position.ts';

type Counting = Pick<MysqlSourceConfig, 'tables' | 'excludeTables' | 'tombstones' | 'format'>;

/** By which rule rows are counted: without those that were rolled back, and what was refused as one. */
const COUNTED = 2;

/** Names what rows and records are counted by, so that what was counted otherwise is not skipped. */
export const selectionMark = ({ tables, excludeTables, tombstones, format }: Counting): string =>
  createHash('sha256')
    .update(JSON.stringify([COUNTED, tables, excludeTables, tombstones, format]))
    .digest('hex')
    .slice(0, 8);

/** A transaction that is being read. */
class OpenTransaction {
  readonly gtid: string;
  /** Where it begins. */
  readonly place: LogPlace;
  /** The same however often it is read. */
  readonly id: string;
  /** The rows that an earlier run copied, and the records of the next one. */
  readonly skip: { readonly rows: number; readonly records: number };
  /** So far. */
  rows = 0;
  readonly #boundary: Position;
  /** Of positions inside, what is behind the numbers. */
  readonly #behind: string;

  /** `key`: tells it from others behind the same boundary. */
  constructor({ gtid, place }: TransactionBegin, key: string, skip: OpenTransaction['skip'], boundary: Position, selection: string) {
    this.gtid = gtid;
    this.place = place;
    this.id = gtid === '' ? `${place.file}:${place.offset}` : gtid;
    this.skip = skip;
    this.#boundary = boundary;
    this.#behind = `/${key}/${selection}`;
  }

  /** The position behind so many of its rows, and records of the next one. */
  inside(rows: number, records = 0): Position {
    return rows + records === 0 ? this.#boundary : `${this.#boundary}+${rows}.${records}${this.#behind}`;
  }
}

/** Makes each text about a row when it is asked for: of most rows few are wanted. */
class RowPlace implements Place {
  readonly #transaction: OpenTransaction;
  readonly #row: number;

  constructor(transaction: OpenTransaction, row: number) {
    this.#transaction = transaction;
    this.#row = row;
  }

  get partition(): string {
    return STREAM;
  }

  get skip(): number {
    const { rows, records } = this.#transaction.skip;
    return this.#row === rows ? records : 0;
  }

  get id(): string {
    return `${this.#transaction.id}:${this.#row}`;
  }

  get after(): Position {
    return this.#transaction.inside(this.#row + 1);
  }

  behind(records: number): Position {
    return this.#transaction.inside(this.#row, records);
  }
}

/** The whole of a transaction, however many rows it has. */
const ALL = { rows: Number.POSITIVE_INFINITY, records: 0 };

/** Knows the position of each row, and behind which transactions a reader is. */
export class LogCursor {
  readonly #start: StreamPosition;
  readonly #selection: string;
  /** The last snapshot that the stream has waited for: part of every position. */
  readonly #snapshot: number;
  /** Undefined where places in the log are counted instead. */
  readonly #gtids: Gtids | undefined;
  readonly #serverId: number;
  /** Up to there all is done that has no GTID where others have one. */
  #at: ServerPlace | undefined;
  #boundary: Position;
  /** Behind it, inside the next transaction. */
  #behindIt: Position | undefined;
  #open: OpenTransaction | undefined;
  #isFirst = true;

  constructor(
    start: StreamPosition,
    { isMariadb, serverId }: Pick<ServerFacts, 'isMariadb' | 'serverId'>,
    selection: string,
    snapshot: number,
  ) {
    this.#start = start;
    this.#selection = selection;
    this.#snapshot = snapshot;
    this.#serverId = serverId;
    this.#gtids = 'gtids' in start.boundary ? parseGtids(start.boundary.gtids, isMariadb) : undefined;
    this.#at = 'gtids' in start.boundary ? start.boundary.at : undefined;
    this.#boundary = this.#position(start.boundary);
    const { inside } = start;
    if (inside !== undefined) this.#behindIt = `${this.#boundary}+${inside.rows}.${inside.records}/${inside.gtid}/${inside.selection}`;
  }

  /** The last one that was passed. */
  get boundary(): Position {
    return this.#behindIt ?? this.#boundary;
  }

  get betweenTransactions(): boolean {
    return this.#open === undefined;
  }

  /** The one that is open. */
  get transaction(): OpenTransaction {
    return this.#open as OpenTransaction;
  }

  begin(begun: TransactionBegin): void {
    const { boundary, inside } = this.#start;
    const byGtid = 'gtids' in boundary;
    const key = byGtid && begun.gtid === '' ? `${begun.place.file}:${begun.place.offset}` : begun.gtid;
    // Without GTIDs it is the first one, wherever that begins: a new file of the log may lie between it and the boundary.
    const same = byGtid ? inside?.gtid === key : this.#isFirst;
    this.#isFirst = false;
    const begins = inside !== undefined && same && inside.selection === this.#selection ? inside : { rows: 0, records: 0 };
    // A server may send once more what has no GTID, from before the place that it was asked for.
    const isDone = byGtid && begun.gtid === '' && this.#at !== undefined && comparePlaces(begun.place, this.#at) < 0;
    this.#open = new OpenTransaction(begun, key, isDone ? ALL : begins, this.#boundary, this.#selection);
  }

  /** Counts one row of the open transaction; undefined where an earlier run has copied it. */
  row(): Place | undefined {
    const { transaction } = this;
    const row = transaction.rows;
    transaction.rows += 1;
    return row < transaction.skip.rows ? undefined : new RowPlace(transaction, row);
  }

  /** The position inside the open transaction, behind all its rows so far. */
  get inside(): Position {
    return this.transaction.inside(this.transaction.rows);
  }

  end({ place }: TransactionEnd): void {
    const { gtid } = this.transaction;
    if (this.#gtids === undefined) this.#boundary = this.#position(place);
    else {
      if (gtid !== '') this.#gtids.add(gtid);
      const isBefore = gtid === '' && this.#at !== undefined && comparePlaces(place, this.#at) < 0;
      const at = isBefore ? (this.#at as ServerPlace) : { serverId: this.#serverId, file: place.file, offset: place.offset };
      this.#at = at;
      this.#boundary = this.#position({ gtids: this.#gtids.toString(), at });
    }
    this.#behindIt = undefined;
    this.#open = undefined;
  }

  #position(boundary: Boundary): Position {
    return withSnapshot({ snapshot: this.#snapshot, place: formatBoundary(boundary) });
  }
}
