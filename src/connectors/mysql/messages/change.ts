import type { Position, SourceRecord } from '../../../api/index.ts';
import type { RowJson, TableWriter } from '../values/table-writer.ts';

/** A change of one row, or a row that a snapshot read (`r`). */
export interface RowChange {
  readonly writer: TableWriter;
  readonly op: 'c' | 'u' | 'd' | 'r';
  readonly before: RowJson | undefined;
  readonly after: RowJson | undefined;
  readonly origin: Origin;
  /** From 0, in its transaction. */
  readonly row: number;
}

/** Where changes come from; rows that come together share one. */
export interface Origin {
  /** ms since 1970: of the change, or when the row was read. */
  readonly timestamp: number;
  /** 0 of rows that a snapshot read. */
  readonly serverId: number;
  /** Empty where there is none. */
  readonly gtid: string;
  /** Where its transaction begins. */
  readonly file: string;
  readonly offset: number;
  readonly snapshot: boolean;
}

/** Where a row is, and what its records need besides their content. */
export interface Place {
  readonly partition: string;
  /** Of the row: unique in its partition. */
  readonly id: string;
  /** Of the row's records, the first ones that an earlier run copied. */
  readonly skip: number;
  /** To resume behind the first `records` records of the row. */
  behind(records: number): Position;
  /** To resume behind the row. */
  readonly after: Position;
}

/** The end of a transaction of which rows were written. */
export interface Commit {
  readonly id: string;
  readonly after: Position;
  readonly file: string;
  readonly offset: number;
  readonly xid: number | string | undefined;
  readonly timestamp: number;
}

/** Makes records of changes, in one format, and adds them to `into`. Called in the order of the log. */
export interface ChangeFormat {
  row(change: RowChange, place: Place, into: SourceRecord[]): void;
  commit(commit: Commit, into: SourceRecord[]): void;
}
