import type { ColumnType } from './column-type.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A table as it was when its rows were written. */
export interface Table {
  readonly database: string;
  readonly name: string;
  /** All, in the order of the table. */
  readonly columns: readonly Column[];
  /** Indexes into `columns`, in the order of the key; empty where there is no primary key. */
  readonly primaryKey: readonly number[];
}

export const fullName = ({ database, name }: Table): string => `${database}.${name}`;
