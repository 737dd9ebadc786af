import type { ConnectError } from '../../../api/index.ts';
import type { LogPlace } from '../position/position.ts';
import type { TableWriter } from '../values/table-writer.ts';
import type { NamedTable } from './statements/statement.ts';

/** What is read from the log, in its order: transactions of rows, and statements between them. */
export type LogItem = TransactionBegin | Rows | TransactionEnd | Statement | Refused | Emptied | Notice;

/** What decides which rows of a transaction stay. */
export interface LogMark {
  readonly kind: 'savepoint' | 'rollback-to';
  readonly name: string;
  /** So many events of rows came before. */
  readonly at: number;
}

export interface TransactionBegin {
  readonly kind: 'begin';
  /** Empty where the log has none. */
  readonly gtid: string;
  /** Where the transaction begins. */
  readonly place: LogPlace;
}

/** Values by index of the column. */
export type LogRow = Readonly<Record<number, unknown>>;

export interface Rows {
  readonly kind: 'rows';
  readonly op: 'c' | 'u' | 'd';
  readonly writer: TableWriter;
  /** Changed rows; of updates, with what they were before. */
  readonly rows: ReadonlyArray<{ readonly before?: LogRow; readonly after?: LogRow }>;
  /** ms since 1970 */
  readonly timestamp: number;
  /** So many events of rows came before it in its transaction, of all tables. */
  readonly at: number;
  /** In the log. */
  readonly bytes: number;
}

export interface TransactionEnd {
  readonly kind: 'end';
  /** Behind the transaction. */
  readonly place: LogPlace;
  readonly timestamp: number;
  /** Number of the transaction in its server, where it has one. */
  readonly xid?: number | string;
  /** Taken back as a whole; or its file ended before it did, and it never was. */
  readonly fate: 'committed' | 'rolled-back' | 'torn';
}

/** A statement that changes something else than rows. */
export interface Statement {
  readonly kind: 'statement';
  readonly database: string;
  readonly text: string;
  readonly timestamp: number;
}

/** What can't be copied, and why. */
export interface Refused {
  readonly kind: 'refused';
  readonly error: ConnectError;
  /** As it is in the log, as far as it is kept. */
  readonly bytes: Buffer | null;
  readonly timestamp: number;
  /** Rows: so many events of these came before. */
  readonly at?: number;
  /** Rows: `database.table`. Comes once more where the first ones may be taken back. */
  readonly table?: string;
}

/** What people should know: a sentence. */
export interface Notice {
  readonly kind: 'notice';
  readonly text: string;
  readonly timestamp: number;
}

/** A statement took all rows of a table away, or some of them. */
export interface Emptied {
  readonly kind: 'emptied';
  readonly table: Required<NamedTable> & { readonly database: string };
  readonly whole: boolean;
  readonly text: string;
  readonly error: ConnectError;
  readonly timestamp: number;
}
