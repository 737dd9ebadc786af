import { createHash } from 'node:crypto';
import type { Position } from '../../../api/index.ts';
import type { Place } from '../messages/change.ts';
import { type LogPlace, STREAM } from '../position/position.ts';
import type { TransactionBegin } from './log-items.ts';

/** Eight hex digits that tell values apart which JSON tells apart. */
export const shortHash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

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

/** What was refused in a transaction so far. Thousands may be: each shares what it knows with those before it. */
interface Refusals {
  readonly count: number;
  readonly mark: string;
  readonly before: Refusals | undefined;
}

/** In the order of the log. */
function marksOf(last: Refusals | undefined): string[] {
  const marks: string[] = [];
  for (let each = last; each !== undefined; each = each.before) marks.push(each.mark);
  return marks.reverse();
}

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
  #refusals: Refusals | undefined;

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
    const count = before?.count ?? 0;
    const done = this.#done;
    const refusals = { count: count + 1, mark, before };
    this.#refusals = refusals;
    if (done === 'all' || done.refusals[count] === mark) return undefined;
    if (this.rows <= done.rows) this.#done = { rows: this.rows, records: 0, refusals: [] };
    const { rows } = this;
    const behind = (passed: Refusals | undefined) => this.inside(rows, 0, passed);
    return {
      id: this.idOf(rows, before),
      get before() {
        return behind(before);
      },
      get after() {
        return behind(refusals);
      },
    };
  }

  idOf(rows: number, refusals: Refusals | undefined): string {
    return `${this.id}:${rows + (refusals?.count ?? 0)}`;
  }

  /** The position behind so many of its rows, records of the next one, and refusals. */
  inside(rows: number, records: number, refusals: Refusals | undefined): Position {
    if (rows + records === 0 && refusals === undefined) return this.#boundary;
    return `${this.#boundary}+${rows}.${records}${this.#behind}${refusals === undefined ? '' : `/${marksOf(refusals).join('.')}`}`;
  }

  /** The position behind all that was read of it. */
  get reached(): Position {
    return this.inside(this.rows, 0, this.#refusals);
  }
}

/** Something refused that has not been passed over yet. */
export interface Refusal {
  /** Unique in the stream, with those of rows. */
  readonly id: string;
  /** Made when they are asked for: of most few are wanted, and they are long where much was refused. */
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
  readonly #refusals: Refusals | undefined;

  constructor(transaction: OpenTransaction, row: number, refusals: Refusals | undefined, skip: number) {
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
