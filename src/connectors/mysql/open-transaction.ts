import type { Position } from '../../api/index.ts';
import type { TransactionBegin } from './log/log-items.ts';
import type { Place } from './messages/change.ts';
import { type LogPlace, STREAM } from './position.ts';
import { shortHash } from './short-hash.ts';

/** Names a refusal in its transaction, on every server that has it: behind another number of rows it is another one. */
const refusalMark = (what: string, rows: number): string => shortHash([what, rows]);

/** Of a transaction, what an earlier run is done with. */
export interface Done {
  readonly rows: number;
  /** Of the next row. */
  readonly records: number;
  readonly refusals: readonly string[];
}

export const NOTHING: Done = { rows: 0, records: 0, refusals: [] };

/** A transaction that is being read. */
export class OpenTransaction {
  readonly gtid: string;
  /** Where it begins. */
  readonly place: LogPlace;
  /** The same however often it is read. */
  readonly id: string;
  /** So far. */
  rows = 0;
  readonly #boundary: Position;
  /** Of positions inside, what is behind the numbers. */
  readonly #behind: string;
  #done: Done | 'all';
  /** So far; another list with each. */
  #refusals: readonly string[] = [];

  /** `key`: tells it from others behind the same boundary. */
  constructor({ gtid, place }: TransactionBegin, key: string, done: Done | 'all', boundary: Position, selection: string) {
    this.gtid = gtid;
    this.place = place;
    this.id = gtid === '' ? `${place.file}:${place.offset}` : gtid;
    this.#done = done;
    this.#boundary = boundary;
    this.#behind = `/${key}/${selection}`;
  }

  /** Undefined of a row that is done. */
  row(): Place | undefined {
    const row = this.rows;
    this.rows += 1;
    if (this.#done === 'all' || row < this.#done.rows) return undefined;
    return new RowPlace(this, row, this.#refusals, row === this.#done.rows ? this.#done.records : 0);
  }

  /**
   * Undefined of a refusal that is done. One that was not there when the position was stored may stand for rows that were counted then:
   * which of those behind it were copied nobody can tell, so that they come once more.
   */
  refusal(what: string): Refusal | undefined {
    const mark = refusalMark(what, this.rows);
    const before = this.#refusals;
    const done = this.#done;
    this.#refusals = [...before, mark];
    if (done === 'all' || done.refusals[before.length] === mark) return undefined;
    if (this.rows <= done.rows) this.#done = { rows: this.rows, records: 0, refusals: [] };
    return { id: this.idOf(this.rows, before), before: this.inside(this.rows, 0, before), after: this.inside(this.rows) };
  }

  idOf(rows: number, refusals: readonly string[]): string {
    return `${this.id}:${rows + refusals.length}`;
  }

  /** The position behind so many of its rows, and records of the next one. */
  inside(rows: number, records = 0, refusals = this.#refusals): Position {
    if (rows + records + refusals.length === 0) return this.#boundary;
    return `${this.#boundary}+${rows}.${records}${this.#behind}${refusals.length === 0 ? '' : `/${refusals.join('.')}`}`;
  }
}

/** Something refused that has not been passed over yet. */
export interface Refusal {
  /** Unique in the stream, with those of rows. */
  readonly id: string;
  readonly before: Position;
  readonly after: Position;
}

/** Makes each text about a row when it is asked for: of most rows few are wanted. */
class RowPlace implements Place {
  readonly partition = STREAM;
  readonly skip: number;
  readonly #transaction: OpenTransaction;
  readonly #row: number;
  /** Before it. */
  readonly #refusals: readonly string[];

  constructor(transaction: OpenTransaction, row: number, refusals: readonly string[], skip: number) {
    this.#transaction = transaction;
    this.#row = row;
    this.#refusals = refusals;
    this.skip = skip;
  }

  get id(): string {
    return this.#transaction.idOf(this.#row, this.#refusals);
  }

  get after(): Position {
    return this.#transaction.inside(this.#row + 1, 0, this.#refusals);
  }

  behind(records: number): Position {
    return this.#transaction.inside(this.#row, records, this.#refusals);
  }
}
