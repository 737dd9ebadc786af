import { ConnectError } from '../../../api/index.ts';
import { type ErrorEntry, errorFrom, socketErrors } from '../../../kit/index.ts';

const REACH = 'check source.address, that the server runs, and that this network may reach it';
const WAIT = 'wait for the server; the next run goes on where this one ended';
const TRUST = "set source.tls.ca to the certificate of the server's authority, and source.tls.servername where names differ";
const ANEW =
  'the log is kept too short for the schedule: raise binlog_expire_logs_seconds (MariaDB: also expire_logs_days), then set source.onLogPurged to snapshot and apply';

/** Under the old name consumers would take its messages for repeats: their keys begin anew. */
export const BEGIN_ANEW = 'delete the connector and apply it under another name';
const UNREAD = `then ${BEGIN_ANEW}: what was written before stays unread`;

const UNREACHABLE: ErrorEntry = { code: 'UNREACHABLE', retriable: true, means: "can't be reached", remedy: REACH };
const UNTRUSTED: ErrorEntry = { code: 'TLS_FAILED', means: 'shows a certificate that is not trusted', remedy: TRUST };
const REFUSED: ErrorEntry = {
  code: 'AUTH_FAILED',
  means: 'refused user name or password',
  remedy: 'correct source.username and source.password',
};
const FORBIDDEN: ErrorEntry = {
  code: 'FORBIDDEN',
  means: 'does not let this user do that',
  remedy: 'GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the user',
};
const BUSY: ErrorEntry = { code: 'THROTTLED', retriable: true, means: 'has too many connections', remedy: WAIT };

/** By the library's, Node's or the server's own code. Any other is UNREACHABLE and retriable. */
const ENTRIES: Readonly<Record<string, ErrorEntry>> = {
  ER_ACCESS_DENIED_ERROR: REFUSED,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: REFUSED,
  ER_NOT_SUPPORTED_AUTH_MODE: { ...REFUSED, means: 'asks for credentials in a way that is not supported' },
  AUTH_SWITCH_PLUGIN_ERROR: { ...REFUSED, means: 'asks for credentials in a way that is not supported' },
  ER_HOST_NOT_PRIVILEGED: {
    ...REFUSED,
    means: 'lets no user in from this host',
    remedy: 'allow this host in the account, or on the server',
  },
  ER_SPECIFIC_ACCESS_DENIED_ERROR: FORBIDDEN,
  ER_DBACCESS_DENIED_ERROR: FORBIDDEN,
  ER_TABLEACCESS_DENIED_ERROR: FORBIDDEN,
  ER_COLUMNACCESS_DENIED_ERROR: FORBIDDEN,
  ER_NO_SUCH_TABLE: { code: 'NOT_FOUND', means: 'has no such table', remedy: 'create it, or correct source.tables' },
  ER_BAD_DB_ERROR: { code: 'NOT_FOUND', means: 'has no such database', remedy: 'create it, or correct source.tables' },
  ER_CON_COUNT_ERROR: BUSY,
  ER_TOO_MANY_USER_CONNECTIONS: BUSY,
  ER_USER_LIMIT_REACHED: BUSY,
  HANDSHAKE_NO_SSL_SUPPORT: { code: 'TLS_FAILED', means: 'offers no encryption', remedy: 'remove source.tls, or set the server up for it' },
  ER_SECURE_TRANSPORT_REQUIRED: { code: 'TLS_FAILED', means: 'takes encrypted connections only', remedy: 'set source.tls' },
  ...socketErrors({ reach: REACH, trust: TRUST }),
  HANDSHAKE_SSL_ERROR: UNTRUSTED,
  PROTOCOL_SEQUENCE_TIMEOUT: {
    code: 'TIMEOUT',
    retriable: true,
    means: 'did not answer in time',
    remedy: `${WAIT}; where that lasts, see in SHOW PROCESSLIST whether a lock holds the query up (LOCK TABLES ... WRITE, ALTER TABLE)`,
  },
  ER_LOCK_WAIT_TIMEOUT: {
    code: 'TIMEOUT',
    retriable: true,
    means: 'holds a lock on what is read',
    remedy: 'let who has the lock (LOCK TABLES ... WRITE, ALTER TABLE) end',
  },
};

/** Errors of reading the log: the server has one number for all, and tells them apart by text. */
const LOG_ENTRIES: ReadonlyArray<readonly [RegExp, ErrorEntry]> = [
  [
    /purged|could not find (first log file|gtid state)/i,
    { code: 'POSITION_LOST', means: 'no longer has the place to resume at', remedy: ANEW },
  ],
  [
    /more gtids than|not in the master's binlog|not in the source's binlog|position > file size|impossible position/i,
    {
      code: 'POSITION_LOST',
      means: 'is not the server that was read before, or lost part of its log',
      remedy: `name the right server in source.address, or ${BEGIN_ANEW}`,
    },
  ],
  // The reader says so of itself, and leaves these changes out.
  [
    /TRANSACTION_PAYLOAD_EVENT/,
    {
      code: 'WRONG_KIND',
      means: 'has compressed transactions in its log, which are not understood',
      remedy: `SET GLOBAL binlog_transaction_compression = OFF, and let applications connect anew; ${UNREAD}`,
    },
  ],
  [
    /PARTIAL_UPDATE_ROWS_EVENT/,
    {
      code: 'WRONG_KIND',
      means: 'has changed parts of JSON values in its log, which are not understood',
      remedy: `SET GLOBAL binlog_row_value_options = '', and let applications connect anew; ${UNREAD}`,
    },
  ],
  [
    /same server_uuid\/server_id|same server id/i,
    {
      code: 'UNREACHABLE',
      retriable: true,
      means: 'was asked for its log by another reader with the same server id',
      remedy: 'set source.serverId to a number that no replica and no other connector has',
    },
  ],
];

interface MysqlError {
  readonly code?: string;
  readonly errno?: number;
  readonly message: string;
  readonly sqlMessage?: string;
  /** Name of the system call that failed, as Node gives it. */
  readonly syscall?: string;
}

/** What went wrong with the server at `address`, which a connection or a query told. */
export function mysqlError(error: unknown, address: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const { code = '', message, sqlMessage } = error as MysqlError;
  // What has a number of its own is not of the log, whatever names of tables are in its text.
  const logEntry = code in ENTRIES ? undefined : LOG_ENTRIES.find(([form]) => form.test(message))?.[1];
  const entry = logEntry ?? (brokeOff(error as MysqlError) ? UNREACHABLE : (ENTRIES[code] ?? tlsEntry(code, message) ?? UNREACHABLE));
  const details = entry === UNREACHABLE || logEntry !== undefined ? ` (${(sqlMessage ?? message ?? code).slice(0, 300)})` : '';
  return errorFrom({ ...entry, means: entry.means + details }, `the MySQL server at ${address}`, error);
}

/** The library calls all that ends a handshake an error of encryption, also a connection that a server dropped as it stopped. */
const brokeOff = ({ code, message, syscall }: MysqlError): boolean =>
  code === 'HANDSHAKE_SSL_ERROR' &&
  !message.includes('EPROTO') &&
  (syscall !== undefined || message.includes('before secure TLS connection was established'));

function tlsEntry(code: string, message: string): ErrorEntry | undefined {
  if (/certificate|self.signed/i.test(message)) return UNTRUSTED;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return { code: 'TLS_FAILED', means: 'refuses the encryption', remedy: TRUST };
  return undefined;
}
