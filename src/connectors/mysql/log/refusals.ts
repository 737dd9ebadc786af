import { ConnectError } from '../../../api/index.ts';
import type { LogPlace } from '../position/position.ts';
import { BEGIN_ANEW } from '../server/errors.ts';
import { shown } from '../server/lock-wait.ts';

const at = ({ file, offset }: LogPlace): string => `(${file}:${offset})`;

const refusal = (message: string, remedy: string): ConnectError => new ConnectError('WRONG_KIND', message, { remedy });

export const partialImage = (table: string, place: LogPlace): ConnectError =>
  refusal(
    `the log holds rows of ${table} without all their columns ${at(place)}`,
    `SET GLOBAL binlog_row_image = FULL, then ${BEGIN_ANEW}: what was written before can not be completed`,
  );

export const statementLogged = (database: string, statement: string, place: LogPlace): ConnectError =>
  refusal(
    `the log holds a statement that changes rows of database ${database}, or may, not the rows: ${shown(statement)} ${at(place)}`,
    `SET GLOBAL binlog_format = ROW, let applications connect anew, then ${BEGIN_ANEW}: rows can not be told from statements`,
  );

export const emptied = (table: string, statement: string, place: LogPlace): ConnectError =>
  refusal(
    `a statement took rows of ${table} away, or brought others, and the log has none of them: ${shown(statement)} ${at(place)}`,
    'bring what was copied in line with the table, then go on behind the statement',
  );

export const changedValues = (table: string, statement: string, place: LogPlace): string =>
  `values of rows of ${table} may be others by a statement, and the log has none of them: ${shown(statement)} ${at(place)}; rocketmq-connect snapshot brings the rows as they are`;

export const twoPhase = (table: string, place: LogPlace): ConnectError =>
  refusal(
    `the log holds rows of ${table} in a distributed transaction (XA), which may end in a rollback later ${at(place)}`,
    `change this table in local transactions only, then ${BEGIN_ANEW}`,
  );

export const lostEvents = (place: LogPlace, reason: string): ConnectError =>
  refusal(
    `the server says that its log lacks changes from here on (an incident event, LOST_EVENTS) ${at(place)}${reason === '' ? '' : `: ${reason}`}`,
    `see the server's own log for the reason, such as a statement of more than max_binlog_stmt_cache_size, then ${BEGIN_ANEW}: which changes they are nobody can tell`,
  );

export const unknownEvent = (type: string, place: LogPlace): ConnectError =>
  refusal(
    `the log holds an event of ${type}, which is not understood and may be a change ${at(place)}`,
    `write the log by a server and with settings that the documentation names, then ${BEGIN_ANEW}: what is in the log in such a form stays unread`,
  );

export const compressed = (place: LogPlace): ConnectError =>
  refusal(
    `the log holds a compressed transaction (TRANSACTION_PAYLOAD_EVENT), which is not understood ${at(place)}`,
    `SET GLOBAL binlog_transaction_compression = OFF, and let applications connect anew; then ${BEGIN_ANEW}: what was written before stays unread`,
  );

export const partialJson = (table: string, place: LogPlace): ConnectError =>
  refusal(
    `the log holds parts of JSON values of ${table} (PARTIAL_UPDATE_ROWS_EVENT), which are not understood ${at(place)}`,
    `SET GLOBAL binlog_row_value_options = '', and let applications connect anew; then ${BEGIN_ANEW}: what was written before stays unread`,
  );

export const undecided = (place: LogPlace): ConnectError =>
  refusal(
    `the log holds a transaction of so many savepoints that what stayed of its rows can not be told ${at(place)}`,
    'divide such transactions, and bring what was copied in line with the tables that it changed by rocketmq-connect snapshot',
  );

export const damagedRows = (table: string, place: LogPlace, why: string): ConnectError =>
  refusal(`rows of ${table} in the log can not be read ${at(place)}: ${why}`, 'leave the table out by source.excludeTables');
