import type { LogPlace } from '../position/position.ts';
import type { LogItem, LogMark, TransactionBegin, TransactionEnd } from './log-items.ts';
import { undecided } from './refusals.ts';
import { isUndone, Savepoints, type Undone } from './savepoints.ts';

/** What became of a transaction that is too large to be kept until it ends. */
export interface Verdict {
  /** Where it begins. */
  readonly place: LogPlace;
  /** Of its rows events. */
  readonly undone: readonly Undone[];
}

export interface WholeTransactionsOptions {
  /** The open transaction is too large: from now on nothing of it is kept. */
  readonly onTooLarge: () => void;
  /** It has ended, and can be read once more. */
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Of a transaction that is kept, decoded. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** About what a decoded row or any other item costs beside its bytes. */
const ITEM_BYTES = 200;

/**
 * Hands transactions out as they ended: what was rolled back, as a whole or to a savepoint, is in the log like all else, and only
 * behind it stands that it was. A transaction is kept until then, or, where it is too large, read twice.
 */
export class WholeTransactions {
  readonly #options: WholeTransactionsOptions;
  /** What was handed out of it is undefined. */
  readonly #decided: Array<LogItem | undefined> = [];
  #next = 0;
  /** Of what is decided and not handed out. */
  #bytes = 0;
  /** Of the open transaction. */
  #kept: LogItem[] = [];
  #keptBytes = 0;
  #begin: TransactionBegin | undefined;
  #tooLarge = false;
  #savepoints = new Savepoints();
  /** Tables whose rows were refused in the transaction that was decided last: once is enough. */
  readonly #refused = new Set<string>();
  /** Of the open transaction, where it is known before it ends. */
  #known: Verdict | undefined;

  constructor(options: WholeTransactionsOptions) {
    this.#options = options;
  }

  /** The transaction that comes next has been read once. */
  expect(verdict: Verdict): void {
    this.#known = verdict;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get empty(): boolean {
    return this.#next === this.#decided.length;
  }

  /** The next one that is decided. */
  shift(): LogItem | undefined {
    const item = this.#decided[this.#next];
    if (item === undefined) return undefined;
    // A log that comes as fast as it is read never leaves this empty: what was handed out has to go before that.
    this.#decided[this.#next] = undefined;
    this.#next += 1;
    this.#bytes -= bytesOf(item);
    if (this.#next * 2 >= this.#decided.length) {
      this.#decided.splice(0, this.#next);
      this.#next = 0;
    }
    return item;
  }

  take(item: LogItem | LogMark): void {
    if (isMark(item)) this.#mark(item);
    else if (item.kind === 'end') this.#end(item);
    else if (this.#known !== undefined) this.#decide(item, this.#known.undone);
    else if (item.kind === 'begin') this.#start(item);
    else this.#keep(item);
  }

  #mark({ kind, name, at }: LogMark): void {
    if (this.#known !== undefined) return;
    if (kind === 'savepoint') this.#savepoints.set(name, at);
    else this.#savepoints.rollBack(name, at);
  }

  #start(item: TransactionBegin): void {
    this.#begin = item;
    this.#kept = [item];
    this.#keptBytes = 0;
    this.#tooLarge = false;
    this.#savepoints = new Savepoints();
  }

  #keep(item: LogItem): void {
    if (this.#tooLarge) return;
    this.#kept.push(item);
    this.#keptBytes += bytesOf(item);
    if (this.#keptBytes <= KEPT_BYTES) return;
    this.#tooLarge = true;
    this.#kept = [];
    this.#options.onTooLarge();
  }

  #end(end: TransactionEnd): void {
    if (this.#known !== undefined) {
      this.#known = undefined;
      this.#push(end);
      return;
    }
    const { fate } = end;
    // The server itself does not have it.
    if (fate === 'torn') this.#kept = [];
    if (fate === 'committed' && this.#savepoints.undecided) this.#refuseAll(end);
    const undone: readonly Undone[] = fate === 'rolled-back' ? [[0, Number.POSITIVE_INFINITY]] : this.#savepoints.undone;
    if (this.#tooLarge && fate !== 'torn') {
      this.#options.onVerdict({ place: (this.#begin as TransactionBegin).place, undone });
      return;
    }
    for (const item of this.#kept) this.#decide(item, undone);
    if (this.#kept.length > 0) this.#push(end);
    this.#kept = [];
  }

  /** In place of all that it brought, where it brought anything that is copied. */
  #refuseAll({ timestamp }: TransactionEnd): void {
    const begin = this.#begin as TransactionBegin;
    if (!this.#tooLarge && this.#kept.length < 2) return;
    this.#kept = [begin, { kind: 'refused', error: undecided(begin.place), bytes: null, timestamp }];
    this.#tooLarge = false;
  }

  #decide(item: LogItem, undone: readonly Undone[]): void {
    const at = item.kind === 'rows' || item.kind === 'refused' ? item.at : undefined;
    if (at !== undefined && isUndone(undone, at)) return;
    if (item.kind === 'begin') this.#refused.clear();
    const table = item.kind === 'refused' ? item.table : undefined;
    if (table !== undefined && this.#refused.has(table)) return;
    if (table !== undefined) this.#refused.add(table);
    this.#push(item);
  }

  #push(item: LogItem): void {
    this.#decided.push(item);
    this.#bytes += bytesOf(item);
  }
}

const isMark = (item: LogItem | LogMark): item is LogMark => item.kind === 'savepoint' || item.kind === 'rollback-to';

function bytesOf(item: LogItem): number {
  if (item.kind === 'rows') return item.bytes + Math.max(1, item.rows.length) * ITEM_BYTES;
  if (item.kind === 'refused') return ITEM_BYTES + (item.bytes?.length ?? 0);
  // Most transactions of many a log are of other tables: no more of them comes than these two.
  return item.kind === 'begin' || item.kind === 'end' ? ITEM_BYTES : ITEM_BYTES + 2 * item.text.length;
}
