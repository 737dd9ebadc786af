import type { ConnectError } from '../../../api/index.ts';
import type { LogPlace } from '../position/position.ts';
import type { EventHead } from './events/event.ts';
import type { LogItem, LogMark, TransactionEnd } from './log-items.ts';

interface Open {
  /** Has an end of its own; else the one statement that follows is all of it. */
  readonly begun: boolean;
  /** Ends in a decision that is told later. */
  readonly twoPhase: boolean;
}

/** Bytes of something refused that are kept at most. */
const KEPT_BYTES = 1024 * 1024;

/** Follows where a log is: in which transaction, at which place, and what of it was refused. */
export class TransactionEvents {
  readonly emit: (item: LogItem | LogMark) => void;
  /** The one that is read. */
  head: EventHead | undefined;
  /** The transaction that is open, if one is. */
  open: Open | undefined;
  /** Events of rows in the open transaction so far, of all tables. */
  rowsEvents = 0;
  #place: LogPlace;
  /** Tables whose rows were refused in the open transaction, since rows of it were taken back last. */
  readonly #refused = new Set<string>();

  constructor(start: LogPlace, emit: (item: LogItem | LogMark) => void) {
    this.#place = start;
    this.emit = emit;
  }

  /** Between two transactions, the place behind the last event; undefined inside one. */
  get boundary(): LogPlace | undefined {
    return this.open === undefined ? this.#place : undefined;
  }

  /** Where the event is; inside a transaction mostly where that begins, as servers do not say more. */
  get here(): LogPlace {
    const { file, offset } = this.#place;
    return { file, offset: Math.max(offset, this.head?.offset ?? 0) };
  }

  get timestamp(): number {
    return this.head?.timestamp ?? 0;
  }

  /** A file ends with the server that wrote it: what it had begun then it never did. True: another file begins. */
  turnTo(file: string, offset: number, timestamp: number): boolean {
    const isOther = file !== this.#place.file;
    if (isOther) {
      if (this.open !== undefined) this.emit({ kind: 'end', place: this.#place, timestamp, fate: 'torn' });
      this.open = undefined;
    }
    this.#place = { file, offset };
    return isOther;
  }

  /** The server says where it is. */
  reach(place: LogPlace): void {
    if (this.open === undefined && place.offset > 0) this.#place = place;
  }

  /** Behind 4 GiB, which only one transaction can make of a file, offsets begin anew: such a place is none to come back to. */
  advance(): void {
    const nextPosition = this.head?.nextPosition ?? 0;
    if (nextPosition > this.#place.offset) this.#place = { file: this.#place.file, offset: nextPosition };
  }

  begin(gtid: string, open: Open): void {
    // Without an end of its own it was nothing that could be taken back.
    if (this.open !== undefined) this.emit({ kind: 'end', place: this.here, timestamp: this.timestamp, fate: 'committed' });
    this.open = open;
    this.#place = this.here;
    this.rowsEvents = 0;
    this.#refused.clear();
    this.emit({ kind: 'begin', gtid, place: this.#place });
  }

  /** Begins one that has an end of its own, where none is open. */
  beginWhereNoneIs(): void {
    if (this.open === undefined) this.begin('', { begun: true, twoPhase: false });
  }

  end(fate: TransactionEnd['fate'], xid?: number | string): void {
    this.beginWhereNoneIs();
    this.advance();
    this.open = undefined;
    this.emit({ kind: 'end', place: this.#place, timestamp: this.timestamp, fate, ...(xid !== undefined && { xid }) });
  }

  /** Outside of a transaction it is one of its own. */
  refuse(error: ConnectError, bytes: Buffer): void {
    const alone = this.open === undefined;
    this.beginWhereNoneIs();
    const kept = bytes.length > KEPT_BYTES ? null : Buffer.from(bytes);
    this.emit({ kind: 'refused', error, bytes: kept, timestamp: this.timestamp });
    if (alone) this.end('committed');
  }

  /** Holds a whole transaction, its end with it. */
  refuseWhole(error: ConnectError, bytes: Buffer): void {
    this.refuse(error, bytes);
    if (this.open !== undefined) this.end('committed');
  }

  /** The savepoint that is set, or gone back to: with the rows goes what was refused of them, and what follows has to be refused anew. */
  mark(kind: LogMark['kind'], name: string): void {
    if (kind === 'rollback-to') this.#refused.clear();
    this.emit({ kind, name, at: this.rowsEvents });
  }

  /** Once for each table, until rows are taken back; what follows of it there belongs to it. Of the rows event that is read. */
  refuseRows(table: string, error: ConnectError): void {
    if (this.#refused.has(table)) return;
    this.#refused.add(table);
    this.emit({ kind: 'refused', error, bytes: null, timestamp: this.timestamp, at: this.rowsEvents - 1, table });
  }

  isRefused(table: string): boolean {
    return this.#refused.has(table);
  }
}
