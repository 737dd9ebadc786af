import { ConnectError } from '../../../../api/index.ts';

const UNNAMED =
  'leave the table out by source.excludeTables; set binlog_row_metadata to FULL where the server has it, and changes are followed';

/** `had`: then, beside what it has now. */
export const otherColumns = (table: string, had: 'more' | 'fewer'): ConnectError =>
  new ConnectError('WRONG_KIND', `table ${table} had ${had} columns when rows were written that are still to be copied`, {
    remedy: UNNAMED,
  });

export const otherType = (column: string): ConnectError =>
  new ConnectError('WRONG_KIND', `column ${column} was of another type when rows were written that are still to be copied`, {
    remedy: UNNAMED,
  });

export const gone = (table: string): ConnectError =>
  new ConnectError('NOT_FOUND', `table ${table} is gone, or hidden from this user, and the log does not name its columns`, {
    remedy: 'name it in source.excludeTables; where the server has binlog_row_metadata, set it to FULL for what is written from now on',
  });

export const unknownCode = (column: string, code: number): ConnectError =>
  new ConnectError('WRONG_KIND', `column ${column} has a type that is not understood (number ${code} in the log)`, {
    remedy: 'leave its table out by source.excludeTables: without the size of such values none behind them can be read',
  });

export const damagedDescription = (table: string, why: string): ConnectError =>
  new ConnectError('WRONG_KIND', `the description of table ${table} in the log can not be read: ${why}`, {
    remedy: 'leave the table out by source.excludeTables',
  });

/** Of a log that tells no more of a column than how many bytes it has. */
export const readAsItIsNow = (table: string): string =>
  `${table} was altered after rows were written that are copied now, and this server's log does not describe columns: the rows are read by the table as it is now. Where signs, members of ENUM or SET, character sets or names of columns changed, rocketmq-connect snapshot brings the rows as they are`;
