import type { AnyBinlogEvent, BinlogEventByTypeName, BinlogEventTypeName, RowsEvent, UpdateRowData } from '@vlasky/zongji';
import type { ConnectError } from '../../../api/index.ts';
import { fullName } from '../columns/table.ts';
import type { LogPlace } from '../position.ts';
import { keepsHistory, type TableName } from '../select-tables.ts';
import type { Selection } from '../selection.ts';
import type { EventHead } from './event-head.ts';
import { EventType, holdsRows, isIgnorable, isUnderstood, typeName } from './event-types.ts';
import type { LogItem, LogMark, LogRow, Rows, TransactionEnd } from './log-items.ts';
import { type LoggedQuery, loggedQuery } from './query-event.ts';
import * as refusals from './refusals.ts';
import { definedIn, emptiedTable, type NamedTable, namedDatabases, type Statement, statementOf } from './statement-kind.ts';
import type { TableMaps } from './table-maps.ts';

interface Open {
  /** Has an end of its own; else the one statement that follows is all of it. */
  readonly begun: boolean;
  /** Ends in a decision that is told later. */
  readonly twoPhase: boolean;
}

export interface BinlogEventsOptions {
  readonly tables: TableMaps;
  readonly selection: Selection;
  readonly emit: (item: LogItem | LogMark) => void;
  readonly start: LogPlace;
  /** Of an event outside of transactions, before the first of these: servers may send some from before the place they were asked for. */
  readonly isBehindStart: ((place: LogPlace) => Promise<boolean>) | undefined;
}

/** Bytes of something refused that are kept at most. */
const KEPT_BYTES = 1024 * 1024;

/** Follows the events of one log: which transaction they belong to, where they are, and which of them nobody here understands. */
export class BinlogEvents {
  readonly #tables: TableMaps;
  readonly #selection: Selection;
  readonly #emit: (item: LogItem | LogMark) => void;
  #place: LogPlace;
  /** The transaction that is open, if one is. */
  #open: Open | undefined;
  /** Of the event that is read. */
  #head: EventHead | undefined;
  /** Events of rows in the open transaction so far, of all tables. */
  #rowsEvents = 0;
  /** Tables whose rows were refused in the open transaction: once is enough. */
  readonly #refused = new Set<string>();
  #isBehindStart: BinlogEventsOptions['isBehindStart'];
  /** Only the ends of transactions are wanted, and what decides about their rows. */
  scanning = false;

  constructor({ tables, selection, emit, start, isBehindStart }: BinlogEventsOptions) {
    this.#tables = tables;
    this.#selection = selection;
    this.#emit = emit;
    this.#place = start;
    this.#isBehindStart = isBehindStart;
  }

  /** Between two transactions, the place behind the last event; undefined inside one. */
  get boundary(): LogPlace | undefined {
    return this.#open === undefined ? this.#place : undefined;
  }

  /** An event as it arrives, before it is decoded; false: it need not be. A promise: nor may any other be read before it is fulfilled. */
  arrives(head: EventHead): boolean | Promise<void> {
    this.#head = head;
    const { type, body } = head;
    if (holdsRows(type)) return this.#rowsArrive(body);
    if (type === EventType.tableMap) return !this.scanning;
    if (isUnderstood(type)) return true;
    if (this.#open !== undefined || this.#isBehindStart === undefined) return this.#isNotUnderstood(head);
    return this.#isBehindStart(this.#here).then((isBehind) => void (isBehind && this.#isNotUnderstood(head)));
  }

  #isNotUnderstood({ type, body, flags }: EventHead): false {
    const place = this.#here;
    if (type === EventType.executeLoad) this.#statement(loggedQuery(body, { loads: true }), { kind: 'rows' });
    else if (type === EventType.incident) this.#refuse(refusals.lostEvents(place, reasonOf(body)), body);
    else if (type === EventType.partialUpdate) this.#partialUpdate(tableIdOf(body), place);
    else if (type === EventType.payload) this.#refuseWhole(refusals.compressed(place), body);
    else if (!isIgnorable(flags)) this.#refuse(refusals.unknownEvent(typeName(type), place), body);
    return false;
  }

  /** The event that just arrived can't be decoded. False: it held no rows, and what is wrong with it nobody knows. */
  damaged(why: string): boolean {
    const { type = 0, body = Buffer.alloc(0) } = this.#head ?? {};
    const id = tableIdOf(body);
    const table = this.#tables.writer(id)?.table;
    if (!holdsRows(type) || table === undefined) return false;
    this.#refuseRows(fullName(table), refusals.damagedRows(fullName(table), this.#here, why), this.#rowsEvents - 1);
    return true;
  }

  /** A promise: no further event may be read before it is fulfilled. Throws ConnectError. */
  take(event: AnyBinlogEvent): Promise<void> | undefined {
    if (is(event, 'Rotate')) return this.#turnTo(event.binlogName, Number(event.position), event.timestamp);
    if (is(event, 'Heartbeat')) {
      const offset = Number(event.position ?? event.nextPosition);
      if (this.#open === undefined && offset > 0) this.#place = { file: event.binlogName, offset };
      return undefined;
    }
    if (is(event, 'TableMap')) return this.#tables.announce(event);
    if (is(event, 'WriteRows')) return this.#rows(event, 'c', withImages(event.rows, 'after'));
    if (is(event, 'DeleteRows')) return this.#rows(event, 'd', withImages(event.rows, 'before'));
    if (is(event, 'UpdateRows')) return this.#rows(event, 'u', event.rows as ReadonlyArray<UpdateRowData>);
    if (is(event, 'Gtid')) return this.#begin(event.gtid, { begun: false, twoPhase: false });
    if (is(event, 'AnonymousGtid')) return this.#begin('', { begun: false, twoPhase: false });
    if (is(event, 'MariadbGtid')) return this.#begin(event.gtid, { begun: !event.standalone, twoPhase: event.preparedXa });
    if (is(event, 'Xid')) return this.#end('committed', event.xid);
    if (is(event, 'XaPrepare')) return this.#end('committed');
    if (is(event, 'Query')) {
      const text = this.#head?.type === EventType.queryCompressed ? { text: event.query } : {};
      return this.#query(loggedQuery(this.#head?.body as Buffer, text));
    }
    if (this.#open === undefined) this.#advance();
    return undefined;
  }

  /** Where the event is; inside a transaction mostly where that begins, as servers do not say more. */
  get #here(): LogPlace {
    const { file, offset } = this.#place;
    return { file, offset: Math.max(offset, this.#head?.offset ?? 0) };
  }

  get #timestamp(): number {
    return this.#head?.timestamp ?? 0;
  }

  /** A file ends with the server that wrote it: what it had begun then it never did. */
  #turnTo(file: string, offset: number, timestamp: number): undefined {
    if (file !== this.#place.file) {
      this.#tables.clear();
      if (this.#open !== undefined) this.#emit({ kind: 'end', place: this.#place, timestamp, fate: 'torn' });
      this.#open = undefined;
    }
    this.#place = { file, offset };
  }

  /** Behind 4 GiB, which only one transaction can make of a file, offsets begin anew: such a place is none to come back to. */
  #advance(): void {
    const nextPosition = this.#head?.nextPosition ?? 0;
    if (nextPosition > this.#place.offset) this.#place = { file: this.#place.file, offset: nextPosition };
  }

  #begin(gtid: string, open: Open): undefined {
    // Without an end of its own it was nothing that could be taken back.
    if (this.#open !== undefined) this.#emit({ kind: 'end', place: this.#here, timestamp: this.#timestamp, fate: 'committed' });
    this.#open = open;
    this.#place = this.#here;
    this.#isBehindStart = undefined;
    this.#rowsEvents = 0;
    this.#refused.clear();
    this.#emit({ kind: 'begin', gtid, place: this.#place });
  }

  #end(fate: TransactionEnd['fate'], xid?: number | string): undefined {
    if (this.#open === undefined) this.#begin('', { begun: true, twoPhase: false });
    this.#advance();
    this.#open = undefined;
    this.#emit({ kind: 'end', place: this.#place, timestamp: this.#timestamp, fate, ...(xid !== undefined && { xid }) });
  }

  #query(query: LoggedQuery): Promise<void> | undefined {
    const statement = statementOf(query.text, query.mode);
    const memory = statement.kind === 'rows' ? emptiedTable(query.text) : undefined;
    if (memory === undefined || !this.#selects(memory.database)) return this.#statement(query, statement);
    return this.#tables.isInMemory(memory).then((lost) => {
      this.#statement(query, lost ? { kind: 'empties', tables: [memory], whole: true } : statement);
    });
  }

  #statement(query: LoggedQuery, statement: Statement): undefined {
    const { kind } = statement;
    if (kind === 'begin' || kind === 'begin-two-phase') {
      const open = { begun: true, twoPhase: kind === 'begin-two-phase' };
      if (this.#open === undefined || this.#open.begun) this.#begin('', open);
      this.#open = open;
      return;
    }
    if (kind === 'commit' || kind === 'prepare') return this.#end('committed');
    if (kind === 'rollback') return this.#end('rolled-back');
    if (kind === 'savepoint' || kind === 'rollback-to')
      return this.#emit({ kind, name: statement.name, at: this.#rowsEvents }) as undefined;
    if (this.#open === undefined) this.#begin('', { begun: false, twoPhase: false });
    if (kind === 'rows') this.#changesRows(query);
    else if (kind !== 'ignored') this.#defines(query, statement);
    if (this.#open?.begun === false) this.#end('committed');
  }

  #changesRows({ text, database, mode, changed = [] }: LoggedQuery): void {
    const selected = [database, ...changed, ...namedDatabases(text, mode)].find((name) => this.#selects(name));
    if (selected !== undefined) this.#refuse(refusals.statementLogged(selected, text, this.#here), Buffer.from(text));
  }

  #defines({ text, database, mode }: LoggedQuery, statement: Statement): void {
    const timestamp = this.#timestamp;
    this.#emit({ kind: 'statement', database: definedIn(text, mode) ?? database, text, timestamp });
    const named = statement.kind === 'empties' ? statement.tables : statement.kind === 'versions' ? [statement.table] : [];
    for (const table of named.map((each) => this.#selected(each, database)).filter((each) => each !== undefined)) {
      if (statement.kind === 'versions') this.#refuse(keepsHistory(table), Buffer.from(text));
      const error = refusals.emptied(`${table.database}.${table.table}`, text, this.#here);
      if (statement.kind === 'empties') this.#emit({ kind: 'emptied', table, whole: statement.whole, text, error, timestamp });
    }
  }

  /** The table, where it is one that is copied. A server may not tell upper and lower case apart. */
  #selected({ database = '', table }: NamedTable, current: string): TableName | undefined {
    const name = { database: database === '' ? current : database, table };
    const lower = { database: name.database.toLowerCase(), table: table.toLowerCase() };
    return [name, lower].find((each) => this.#selection.table(each.database, each.table));
  }

  /** Whether a table of a database may be copied. What is written in another character set than UTF-8 may be any name. */
  #selects(database: string): boolean {
    return [database, database.toLowerCase()].some((name) => this.#selection.database(name)) || database.includes('\ufffd');
  }

  #rowsArrive(body: Buffer): boolean {
    if (this.#open === undefined) this.#begin('', { begun: true, twoPhase: false });
    this.#rowsEvents += 1;
    if (this.scanning) return false;
    const refused = this.#tables.refusal(tableIdOf(body));
    if (refused === undefined) return true;
    this.#refuseRows(refused.table, refused.error, this.#rowsEvents - 1);
    return false;
  }

  #partialUpdate(tableId: number, place: LogPlace): void {
    if (this.#open === undefined) this.#begin('', { begun: true, twoPhase: false });
    this.#rowsEvents += 1;
    const table = this.#tables.announced(tableId);
    if (table !== undefined) this.#refuseRows(table, refusals.partialJson(table, place), this.#rowsEvents - 1);
  }

  #rows(event: RowsEvent, op: Rows['op'], rows: Rows['rows']): undefined {
    const writer = this.#tables.writer(event.tableId);
    const at = this.#rowsEvents - 1;
    // Rows that were announced as nothing that is copied are not decoded.
    if (writer === undefined) return;
    const table = fullName(writer.table);
    if (isPartial(event)) return this.#refuseRows(table, refusals.partialImage(table, this.#here), at);
    if (this.#open?.twoPhase) return this.#refuseRows(table, refusals.twoPhase(table, this.#here), at);
    if (this.#refused.has(table)) return;
    this.#emit({ kind: 'rows', op, writer, rows, timestamp: event.timestamp, at, bytes: this.#head?.body.length ?? 0 });
  }

  /** Once for each transaction and table; what follows of it there belongs to it. */
  #refuseRows(table: string, error: ConnectError, at: number): undefined {
    if (this.#refused.has(table)) return;
    this.#refused.add(table);
    this.#emit({ kind: 'refused', error, bytes: null, timestamp: this.#timestamp, at });
  }

  /** Outside of a transaction it is one of its own. */
  #refuse(error: ConnectError, bytes: Buffer): void {
    const alone = this.#open === undefined;
    if (alone) this.#begin('', { begun: true, twoPhase: false });
    const kept = bytes.length > KEPT_BYTES ? null : Buffer.from(bytes);
    this.#emit({ kind: 'refused', error, bytes: kept, timestamp: this.#timestamp });
    if (alone) this.#end('committed');
  }

  /** Holds a whole transaction, its end with it. */
  #refuseWhole(error: ConnectError, bytes: Buffer): void {
    this.#refuse(error, bytes);
    if (this.#open !== undefined) this.#end('committed');
  }
}

const is = <N extends BinlogEventTypeName>(event: AnyBinlogEvent, name: N): event is BinlogEventByTypeName<N> =>
  event.getTypeName() === name;

const withImages = (rows: readonly LogRow[], image: 'before' | 'after'): Rows['rows'] => rows.map((row) => ({ [image]: row }));

const tableIdOf = (body: Buffer): number => (body.length < 6 ? -1 : body.readUIntLE(0, 6));

/** Behind the kind of the incident: a length, and as many characters. */
const reasonOf = (body: Buffer): string => (body.length > 3 ? body.toString('utf8', 3, 3 + (body[2] as number)) : '');

/** Which columns the row images hold, a bit each. */
interface Images {
  readonly columns_present_bitmap?: Buffer;
  readonly columns_present_bitmap2?: Buffer;
}

/** True where a row image leaves out columns: the reader gives NULL for these. */
function isPartial(event: RowsEvent): boolean {
  const { columns_present_bitmap: before, columns_present_bitmap2: after } = event as RowsEvent & Images;
  return [before, after].some((bits) => {
    if (bits === undefined) return false;
    let present = 0;
    for (let column = 0; column < event.numberOfColumns; column += 1) present += ((bits[column >> 3] as number) >> (column & 7)) & 1;
    return present < event.numberOfColumns;
  });
}
