import type { TableWriter } from '../columns/table-writer.ts';
import type { LogPlace } from '../position.ts';

/** What is read from the log, in its order: transactions of rows, and statements between them. */
export type LogItem = TransactionBegin | Rows | TransactionEnd | Statement;

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
}

export interface TransactionEnd {
  readonly kind: 'end';
  /** Behind the transaction. */
  readonly place: LogPlace;
  readonly timestamp: number;
  /** Number of the transaction in its server, where it has one. */
  readonly xid?: number | string;
}

/** A statement that changes something else than rows. */
export interface Statement {
  readonly kind: 'statement';
  readonly database: string;
  readonly text: string;
  readonly timestamp: number;
}
