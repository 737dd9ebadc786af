import type { ColumnType } from './column-type.ts';
import { qualifiedName } from './table-name.ts';

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
  /** Indexes into `columns`, in the order of the key; empty where there is none. See `keyIn`. */
  readonly primaryKey: readonly number[];
  /** Name of the key's index. Default `PRIMARY`. */
  readonly keyIndex?: string;
}

export const fullName = ({ database, name }: Table): string => qualifiedName(database, name);
