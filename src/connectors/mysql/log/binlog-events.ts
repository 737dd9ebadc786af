import type { AnyBinlogEvent, RowsEvent, UpdateRowData } from '@vlasky/zongji';
import type { Selection } from '../config/selection.ts';
import type { LogPlace } from '../position/position.ts';
import { fullName } from '../tables/table.ts';
import {
  type EventHead,
  EventType,
  holdsRows,
  isEvent,
  isIgnorable,
  isPartial,
  isUnderstood,
  reasonOf,
  tableIdOf,
  typeName,
} from './events/event.ts';
import { loggedQuery } from './events/query-event.ts';
import type { LogItem, LogMark, LogRow, Rows } from './log-items.ts';
import { LoggedStatements } from './logged-statements.ts';
import * as refusals from './refusals.ts';
import type { TableMaps } from './tables/table-maps.ts';
import { TransactionEvents } from './transaction-events.ts';

export interface BinlogEventsOptions {
  readonly tables: TableMaps;
  readonly selection: Selection;
  readonly emit: (item: LogItem | LogMark) => void;
  readonly start: LogPlace;
  /** Of an event outside of transactions, before the first of these: servers may send some from before the place they were asked for. */
  readonly isBehindStart: ((place: LogPlace) => Promise<boolean>) | undefined;
}

/** Follows the events of one log: which transaction they belong to, where they are, and which of them nobody here understands. */
export class BinlogEvents {
  readonly #tables: TableMaps;
  readonly #transactions: TransactionEvents;
  readonly #statements: LoggedStatements;
  #isBehindStart: BinlogEventsOptions['isBehindStart'];
  /** Of the open transaction only its end is wanted, and what decides about its rows. */
  scanning = false;

  constructor({ tables, selection, emit, start, isBehindStart }: BinlogEventsOptions) {
    this.#tables = tables;
    this.#transactions = new TransactionEvents(start, (item) => {
      // What comes behind a transaction's beginning is behind the place that was asked for.
      if (item.kind === 'begin') this.#isBehindStart = undefined;
      // Where nothing is read once more, what follows comes only now.
      if (item.kind === 'end') this.scanning = false;
      emit(item);
    });
    this.#statements = new LoggedStatements(this.#transactions, tables, selection);
    this.#isBehindStart = isBehindStart;
  }

  /** Between two transactions, the place behind the last event; undefined inside one. */
  get boundary(): LogPlace | undefined {
    return this.#transactions.boundary;
  }

  /** An event as it arrives, before it is decoded; false: it need not be. A promise: nor may any other be read before it is fulfilled. */
  arrives(head: EventHead): boolean | Promise<void> {
    this.#transactions.head = head;
    const { type, body } = head;
    if (holdsRows(type)) return this.#rowsArrive(body);
    if (type === EventType.tableMap) return !this.scanning;
    if (isUnderstood(type)) return true;
    if (this.#transactions.open !== undefined || this.#isBehindStart === undefined) return this.#isNotUnderstood(head);
    return this.#isBehindStart(this.#transactions.here).then((isBehind) => void (isBehind && this.#isNotUnderstood(head)));
  }

  #isNotUnderstood({ type, body, flags }: EventHead): false {
    const place = this.#transactions.here;
    if (type === EventType.executeLoad) this.#statements.takeChange(loggedQuery(body, { loads: true }));
    else if (type === EventType.incident) this.#transactions.refuse(refusals.lostEvents(place, reasonOf(body)), body);
    else if (type === EventType.partialUpdate) this.#partialUpdate(tableIdOf(body), place);
    else if (type === EventType.payload) this.#transactions.refuseWhole(refusals.compressed(place), body);
    else if (!isIgnorable(flags)) this.#transactions.refuse(refusals.unknownEvent(typeName(type), place), body);
    return false;
  }

  /** The event that just arrived can't be decoded. False: it was about no table, and what is wrong with it nobody knows. */
  damaged(why: string): boolean {
    const { type = 0, body = Buffer.alloc(0) } = this.#transactions.head ?? {};
    if (type === EventType.tableMap) {
      this.#tables.damaged(body, why);
      return true;
    }
    const table = this.#tables.writer(tableIdOf(body))?.table;
    if (!holdsRows(type) || table === undefined) return false;
    this.#transactions.refuseRows(fullName(table), refusals.damagedRows(fullName(table), this.#transactions.here, why));
    return true;
  }

  /** A promise: no further event may be read before it is fulfilled. Throws ConnectError. */
  take(event: AnyBinlogEvent): Promise<void> | undefined {
    const transactions = this.#transactions;
    if (isEvent(event, 'TableMap')) return this.#tables.announce(event);
    if (isEvent(event, 'Query')) {
      const compressed = transactions.head?.type === EventType.queryCompressed;
      return this.#statements.take(loggedQuery(transactions.head?.body as Buffer, { compressed }));
    }
    if (isEvent(event, 'Rotate')) {
      if (transactions.turnTo(event.binlogName, Number(event.position), event.timestamp)) this.#tables.clear();
    } else if (isEvent(event, 'Heartbeat')) {
      transactions.reach({ file: event.binlogName, offset: Number(event.position ?? event.nextPosition) });
    } else if (isEvent(event, 'WriteRows')) this.#rows(event, 'c', withImages(event.rows, 'after'));
    else if (isEvent(event, 'DeleteRows')) this.#rows(event, 'd', withImages(event.rows, 'before'));
    else if (isEvent(event, 'UpdateRows')) this.#rows(event, 'u', event.rows as ReadonlyArray<UpdateRowData>);
    else if (isEvent(event, 'Gtid')) transactions.begin(event.gtid, { begun: false, twoPhase: false });
    else if (isEvent(event, 'AnonymousGtid')) transactions.begin('', { begun: false, twoPhase: false });
    else if (isEvent(event, 'MariadbGtid')) transactions.begin(event.gtid, { begun: !event.standalone, twoPhase: event.preparedXa });
    else if (isEvent(event, 'Xid')) transactions.end('committed', event.xid);
    else if (isEvent(event, 'XaPrepare')) transactions.end('committed');
    else if (transactions.open === undefined) transactions.advance();
    return undefined;
  }

  #rowsArrive(body: Buffer): boolean {
    const transactions = this.#transactions;
    transactions.beginWhereNoneIs();
    transactions.rowsEvents += 1;
    if (this.scanning) return false;
    const refused = this.#tables.refusal(tableIdOf(body));
    if (refused === undefined) return true;
    transactions.refuseRows(refused.table, refused.error);
    return false;
  }

  #partialUpdate(tableId: number, place: LogPlace): void {
    const transactions = this.#transactions;
    transactions.beginWhereNoneIs();
    transactions.rowsEvents += 1;
    const table = this.#tables.announced(tableId);
    if (table !== undefined) transactions.refuseRows(table, refusals.partialJson(table, place));
  }

  #rows(event: RowsEvent, op: Rows['op'], rows: Rows['rows']): void {
    const transactions = this.#transactions;
    const writer = this.#tables.writer(event.tableId);
    // Rows that were announced as nothing that is copied are not decoded.
    if (writer === undefined) return;
    const table = fullName(writer.table);
    const { head, here, open, rowsEvents } = transactions;
    if (isPartial(event)) transactions.refuseRows(table, refusals.partialImage(table, here));
    else if (open?.twoPhase) transactions.refuseRows(table, refusals.twoPhase(table, here));
    else if (!transactions.isRefused(table)) {
      const bytes = head?.body.length ?? 0;
      transactions.emit({ kind: 'rows', op, writer, rows, timestamp: event.timestamp, at: rowsEvents - 1, bytes });
    }
  }
}

/** Rows of which the event has one image. */
const withImages = (rows: readonly LogRow[], image: 'before' | 'after'): Rows['rows'] => rows.map((row) => ({ [image]: row }));
