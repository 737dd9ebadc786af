import type { AnyBinlogEvent, BinlogEventByTypeName, BinlogEventTypeName, RowsEvent, UpdateRowData } from '@vlasky/zongji';
import { ConnectError } from '../../../api/index.ts';
import { fullName } from '../columns/table.ts';
import { BEGIN_ANEW } from '../errors.ts';
import type { LogPlace } from '../position.ts';
import type { LogItem, Rows } from './log-items.ts';
import { definedIn, emptiedTable, namedDatabases, type StatementKind, statementKind } from './statement-kind.ts';
import type { TableMaps } from './table-maps.ts';

interface Open {
  /** Has an end of its own; else the one statement that follows is all of it. */
  readonly begun: boolean;
  /** Ends in a decision that is told later. */
  readonly twoPhase: boolean;
}

/** Follows the events of one log: which transaction they belong to, and where they are. */
export class BinlogEvents {
  readonly #tables: TableMaps;
  readonly #selects: (database: string) => boolean;
  readonly #emit: (item: LogItem) => void;
  #place: LogPlace;
  /** The transaction that is open, if one is. */
  #open: Open | undefined;

  /** `selects`: whether any table of a database may be copied. */
  constructor(tables: TableMaps, selects: (database: string) => boolean, emit: (item: LogItem) => void, start: LogPlace) {
    this.#tables = tables;
    this.#selects = selects;
    this.#emit = emit;
    this.#place = start;
  }

  /** Between two transactions, the place behind the last event; undefined inside one. */
  get boundary(): LogPlace | undefined {
    return this.#open === undefined ? this.#place : undefined;
  }

  /** A promise: no further event may be read before it is fulfilled. Throws ConnectError. */
  take(event: AnyBinlogEvent): Promise<void> | undefined {
    if (is(event, 'Rotate')) return this.#turnTo(event.binlogName, Number(event.position));
    if (is(event, 'Heartbeat')) {
      const offset = Number(event.position ?? event.nextPosition);
      if (this.#open === undefined && offset > 0) this.#place = { file: event.binlogName, offset };
      return undefined;
    }
    if (is(event, 'TableMap')) return this.#tables.announce(event);
    if (is(event, 'WriteRows'))
      return this.#rows(
        event,
        'c',
        event.rows.map((after) => ({ after })),
      );
    if (is(event, 'DeleteRows'))
      return this.#rows(
        event,
        'd',
        event.rows.map((before) => ({ before })),
      );
    if (is(event, 'UpdateRows')) return this.#rows(event, 'u', event.rows as ReadonlyArray<UpdateRowData>);
    if (is(event, 'Gtid')) return this.#begin(event.gtid, { begun: false, twoPhase: false });
    if (is(event, 'AnonymousGtid')) return this.#begin('', { begun: false, twoPhase: false });
    if (is(event, 'MariadbGtid')) return this.#begin(event.gtid, { begun: !event.standalone, twoPhase: event.preparedXa });
    if (is(event, 'Xid')) return this.#end(event, event.xid);
    if (is(event, 'XaPrepare')) return this.#end(event);
    if (is(event, 'Query')) return this.#query(event);
    if (this.#open === undefined) this.#advance(event);
    return undefined;
  }

  #turnTo(file: string, offset: number): undefined {
    if (file !== this.#place.file) this.#tables.clear();
    this.#place = { file, offset };
  }

  /** Behind 4 GiB, which only one transaction can make of a file, offsets begin anew: such a place is none to come back to. */
  #advance({ nextPosition }: AnyBinlogEvent): void {
    if (nextPosition > this.#place.offset) this.#place = { file: this.#place.file, offset: nextPosition };
  }

  #begin(gtid: string, open: Open): undefined {
    this.#open = open;
    this.#emit({ kind: 'begin', gtid, place: this.#place });
  }

  #end(event: AnyBinlogEvent, xid?: number | string): undefined {
    this.#advance(event);
    this.#open = undefined;
    this.#emit({ kind: 'end', place: this.#place, timestamp: event.timestamp, ...(xid !== undefined && { xid }) });
  }

  #query(event: BinlogEventByTypeName<'Query'>): Promise<void> | undefined {
    const emptied = emptiedTable(event.query);
    if (emptied === undefined || !this.#selects(emptied.database)) return this.#statement(event, statementKind(event.query));
    return this.#tables.isInMemory(emptied).then((lost) => this.#statement(event, lost ? 'definition' : 'rows'));
  }

  #statement(event: BinlogEventByTypeName<'Query'>, kind: StatementKind): undefined {
    const { query, schema: database, timestamp } = event;
    if (kind === 'begin' || kind === 'begin-two-phase') {
      const open = { begun: true, twoPhase: kind === 'begin-two-phase' };
      if (this.#open === undefined) this.#begin('', open);
      this.#open = open;
      return;
    }
    if (kind === 'end') return this.#end(event);
    const changed = kind === 'rows' ? [database, ...namedDatabases(query)].find((name) => this.#selects(name)) : undefined;
    if (changed !== undefined) throw statementLogged(changed);
    if (this.#open === undefined) this.#begin('', { begun: false, twoPhase: false });
    if (kind === 'definition') this.#emit({ kind: 'statement', database: definedIn(query) ?? database, text: query, timestamp });
    if (this.#open?.begun === false) this.#end(event);
  }

  #rows(event: RowsEvent, op: Rows['op'], rows: Rows['rows']): undefined {
    const writer = this.#tables.writer(event.tableId);
    if (writer === undefined)
      throw new ConnectError('INTERNAL', `the log holds rows of a table that it has not announced (${event.tableId})`);
    if (isPartial(event)) throw partialImage(fullName(writer.table));
    if (this.#open?.twoPhase) throw twoPhase(fullName(writer.table));
    if (this.#open === undefined) this.#begin('', { begun: true, twoPhase: false });
    this.#emit({ kind: 'rows', op, writer, rows, timestamp: event.timestamp });
  }
}

const is = <N extends BinlogEventTypeName>(event: AnyBinlogEvent, name: N): event is BinlogEventByTypeName<N> =>
  event.getTypeName() === name;

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

const partialImage = (table: string): ConnectError =>
  new ConnectError('WRONG_KIND', `the log holds rows of ${table} without all their columns`, {
    remedy: `SET GLOBAL binlog_row_image = FULL, then ${BEGIN_ANEW}: what was written before can not be completed`,
  });

const statementLogged = (database: string): ConnectError =>
  new ConnectError('WRONG_KIND', `the log holds a statement that changes rows of database ${database}, not the rows`, {
    remedy: `SET GLOBAL binlog_format = ROW, then ${BEGIN_ANEW}: rows can not be told from statements`,
  });

const twoPhase = (table: string): ConnectError =>
  new ConnectError('WRONG_KIND', `the log holds rows of ${table} in a distributed transaction (XA), which may end in a rollback later`, {
    remedy: `change this table in local transactions only, then ${BEGIN_ANEW}`,
  });
