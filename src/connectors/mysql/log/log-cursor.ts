import type { Position } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { Place } from '../messages/change.ts';
import { type Gtids, parseGtids } from '../position/gtids.ts';
import { type Boundary, comparePlaces, formatBoundary, type ServerPlace, type StreamPosition, withSnapshot } from '../position/position.ts';
import type { ServerFacts } from '../server/server-facts.ts';
import type { TransactionBegin, TransactionEnd } from './log-items.ts';
import { NOTHING, OpenTransaction, type Refusal, shortHash } from './open-transaction.ts';

type Counting = Pick<MysqlSourceConfig, 'tables' | 'excludeTables' | 'tombstones' | 'format' | 'onTruncate'>;

/** By which rule rows are counted: without those that were rolled back, and without what was refused. */
const COUNTED = 3;

/** Names what rows and records are counted by, so that what was counted otherwise is not skipped. */
export const selectionMark = ({ tables, excludeTables, tombstones, format, onTruncate }: Counting): string =>
  shortHash([COUNTED, tables, excludeTables, tombstones, format, onTruncate]);

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
    if (inside !== undefined) {
      const { rows, records, gtid, selection: counted, refusals } = inside;
      const passed = refusals.length === 0 ? '' : `/${refusals.join('.')}`;
      this.#behindIt = `${this.#boundary}+${rows}.${records}/${gtid}/${counted}${passed}`;
    }
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
    const begins = inside !== undefined && same && inside.selection === this.#selection ? inside : NOTHING;
    // A server may send once more what has no GTID, from before the place that it was asked for.
    const isDone = byGtid && begun.gtid === '' && this.#at !== undefined && comparePlaces(begun.place, this.#at) < 0;
    this.#open = new OpenTransaction(begun, key, isDone ? 'all' : begins, this.#boundary, this.#selection);
  }

  /** Counts one row of the open transaction; undefined where an earlier run has copied it. */
  row(): Place | undefined {
    return this.transaction.row();
  }

  /** Counts something refused in the open transaction; undefined where it has been passed over. `what`: a table, or what the log has. */
  refusal(what: string): Refusal | undefined {
    return this.transaction.refusal(what);
  }

  /** The position inside the open transaction, behind all its rows so far. */
  get inside(): Position {
    return this.transaction.reached;
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
