import { ConnectError } from '../../../api/index.ts';
import { type ErrorEntry, type ErrorTable, entryFor, errorFrom, type SystemError } from '../../../kit/index.ts';
import { mysqlError } from '../server/errors.ts';

interface ServerAnswer extends SystemError {
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

/** A row names another one that is not there: it may be on its way in another queue. */
export const MISSING_PARENT = 1452;

const NO_DATABASE = 1049;
const FORBIDDEN = [1044, 1142, 1143, 1227, 1370];
/** Too many columns. */
const TOO_MANY = [1005, 1117];

const LATER = 'wait: the task tries again';
const GRANT = 'GRANT SELECT, INSERT, UPDATE, DELETE ON the table of sink.table TO the user, and on the one of sink.positionsTable';

const oneOf =
  (...numbers: readonly number[]) =>
  ({ errno }: ServerAnswer): boolean =>
    errno !== undefined && numbers.includes(errno);

const inClass =
  (...classes: readonly string[]) =>
  ({ sqlState = '' }: ServerAnswer): boolean =>
    classes.includes(sqlState.slice(0, 2));

const retriable = (means: string, remedy = LATER): ErrorEntry => ({ code: 'WRONG_STATE', retriable: true, means, remedy });
const forbidden: ErrorEntry = { code: 'FORBIDDEN', means: 'does not let this user write', remedy: GRANT };
const refused: ErrorEntry = {
  code: 'RECORD_REFUSED',
  means: 'refuses the row',
  remedy: 'correct its producer, or change the table so that it takes the row',
};

/**
 * What an answer to a statement that writes means: another try may mend it, or the row is refused, or the task fails. The server names the
 * row of a refusal by its place only sometimes, so the runtime looks for it.
 */
const writeErrors: ErrorTable<ServerAnswer> = [
  [oneOf(1213, 1614), { code: 'THROTTLED', retriable: true, means: 'ended a deadlock', remedy: LATER }],
  [
    oneOf(1205, 3572),
    { code: 'TIMEOUT', retriable: true, means: 'has rows locked by another session', remedy: 'let who has the locks end' },
  ],
  [oneOf(1040, 1203, 1226, 1637), { code: 'THROTTLED', retriable: true, means: 'has too many connections or transactions', remedy: LATER }],
  [oneOf(1290, 1836, 1792), retriable('takes no writes now', 'SET GLOBAL read_only = OFF, or name the primary in sink.address')],
  [oneOf(1021, 1114, 3, 1030, 1026, 1180), retriable('has no room, or can not write to its disk', 'make room on the disk of the server')],
  [oneOf(1053, 1077, 1317, 1927, 1969, 3024), retriable('ended the statement')],
  // Somebody changed the table: its definition is read again before the next try.
  [oneOf(1054, 1136, 1412, 1146), retriable('has another definition of the table than a moment ago', 'let who changes the table end')],
  [oneOf(...FORBIDDEN), forbidden],
  [
    oneOf(1665),
    {
      code: 'WRONG_KIND',
      means: 'writes statements into its log, which does not go together with READ COMMITTED',
      remedy: "SET GLOBAL binlog_format = 'ROW', and let applications connect anew",
    },
  ],
  [oneOf(1153), { ...refused, means: 'refuses a packet of this size', remedy: 'raise max_allowed_packet of the server' }],
  [oneOf(1062, 1169, 1586, 1761), { ...refused, means: 'has another row with one of its unique keys' }],
  [oneOf(1216, MISSING_PARENT), { ...refused, means: 'does not have the row that a foreign key of it names' }],
  [oneOf(1217, 1451), { ...refused, means: 'has rows whose foreign keys name the row' }],
  [oneOf(1048, 1118, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1416, 1526, 1690, 3140, 3141, 3156, 3157, 3819, 4025), refused],
  // Data, constraints, and what a trigger refuses.
  [inClass('22', '23', '44', '45'), refused],
  [inClass('40'), { code: 'THROTTLED', retriable: true, means: 'rolled the transaction back', remedy: LATER }],
];

/** What went wrong as something was written to the server at `address`. */
export function writeError(error: unknown, address: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const answer = error as ServerAnswer;
  const entry = entryFor(writeErrors, answer);
  if (entry === undefined) return mysqlError(error, address, 'sink');
  const said = answer.sqlMessage === undefined ? '' : ` (${answer.sqlMessage.slice(0, 300)})`;
  return errorFrom({ ...entry, means: `${entry.means}${said}` }, `the MySQL server at ${address}`, error);
}

/** The server's number of an error; undefined of any other. */
export const errorNumber = (error: unknown): number | undefined => (error as ServerAnswer | undefined)?.errno;

export const isForbidden = (error: unknown): boolean => FORBIDDEN.includes(errorNumber(error) ?? 0);

/** Whether a server refuses a definition of a table for what it says. */
export function refusesDefinition(error: unknown): boolean {
  const { errno = 0, sqlState, sqlMessage = '' } = error as ServerAnswer;
  return (sqlState === '42000' && errno !== NO_DATABASE) || (TOO_MANY.includes(errno) && /too many columns/i.test(sqlMessage));
}

/** Whether the server itself answered, so that its connection is good. */
export const isAnswer = (error: unknown): boolean => (error as ServerAnswer | undefined)?.sqlState !== undefined;
