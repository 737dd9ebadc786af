import type { Header } from '../../../api/index.ts';

export const header = (name: string, value: string): Header => ({ name, value: Buffer.from(value) });

/** Name the table of a message whose value does not: those that Debezium adds where it is asked for `add.headers: db,table`. */
export const tableHeaders = (database: string, table: string): readonly Header[] => [header('__db', database), header('__table', table)];
