import { ConnectError, type Direction } from '../../../api/index.ts';
import {
  anyOther,
  byCode,
  type CheckFrame,
  type ErrorEntry,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  type SystemError,
  socketErrors,
} from '../../../kit/index.ts';

const WAIT = 'wait for the server; the next run goes on where this one ended';

/** Under the old name consumers would take its messages for repeats: their keys begin anew. */
export const BEGIN_ANEW = 'delete the connector and apply it under another name';
const UNREAD = `then ${BEGIN_ANEW}: what was written before stays unread`;

const FORBIDDEN: ErrorEntry = {
  code: 'FORBIDDEN',
  means: 'does not let this user do that',
  remedy: 'GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the user',
};
const BUSY: ErrorEntry = { code: 'THROTTLED', retriable: true, means: 'has too many connections', remedy: WAIT };

interface MysqlError extends SystemError {
  readonly errno?: number;
  readonly sqlMessage?: string;
  /** Name of the system call that failed, as Node gives it. */
  readonly syscall?: string;
}

/** With the error's own words behind it. */
const worded =
  (entry: ErrorEntry) =>
  ({ sqlMessage, message, code }: MysqlError): ErrorEntry => ({
    ...entry,
    means: `${entry.means} (${String(sqlMessage ?? message ?? code).slice(0, 300)})`,
  });

/** By the library's, Node's or the server's own code, then by what is said. Any other is UNREACHABLE and retriable. */
const serverErrors = perSection((section): ErrorTable<MysqlError> => {
  const reach = `check ${section}.address, that the server runs, and that this network may reach it`;
  const trust = `set ${section}.tls.ca to the certificate of the server's authority, and ${section}.tls.servername where names differ`;
  const unreachable = worded({ code: 'UNREACHABLE', retriable: true, means: "can't be reached", remedy: reach });
  const untrusted: ErrorEntry = { code: 'TLS_FAILED', means: 'shows a certificate that is not trusted', remedy: trust };
  const refused: ErrorEntry = {
    code: 'AUTH_FAILED',
    means: 'refused user name or password',
    remedy: `correct ${section}.username and ${section}.password`,
  };
  const unsupported: ErrorEntry = { ...refused, means: 'asks for credentials in a way that is not supported' };
  const missing = (what: string): ErrorEntry => ({
    code: 'NOT_FOUND',
    means: `has no such ${what}`,
    remedy: `create it, or correct ${section}.table${section === 'sink' ? '' : 's'}`,
  });
  return [
    [brokeOff, unreachable],
    ...byCode({
      ER_ACCESS_DENIED_ERROR: refused,
      ER_ACCESS_DENIED_NO_PASSWORD_ERROR: refused,
      ER_NOT_SUPPORTED_AUTH_MODE: unsupported,
      AUTH_SWITCH_PLUGIN_ERROR: unsupported,
      ER_HOST_NOT_PRIVILEGED: {
        ...refused,
        means: 'lets no user in from this host',
        remedy: 'allow this host in the account, or on the server',
      },
      ER_SPECIFIC_ACCESS_DENIED_ERROR: FORBIDDEN,
      ER_DBACCESS_DENIED_ERROR: FORBIDDEN,
      ER_TABLEACCESS_DENIED_ERROR: FORBIDDEN,
      ER_COLUMNACCESS_DENIED_ERROR: FORBIDDEN,
      ER_NO_SUCH_TABLE: missing('table'),
      ER_BAD_DB_ERROR: missing('database'),
      ER_CON_COUNT_ERROR: BUSY,
      ER_TOO_MANY_USER_CONNECTIONS: BUSY,
      ER_USER_LIMIT_REACHED: BUSY,
      HANDSHAKE_NO_SSL_SUPPORT: {
        code: 'TLS_FAILED',
        means: 'offers no encryption',
        remedy: `remove ${section}.tls, or set the server up for it`,
      },
      ER_SECURE_TRANSPORT_REQUIRED: { code: 'TLS_FAILED', means: 'takes encrypted connections only', remedy: `set ${section}.tls` },
      HANDSHAKE_SSL_ERROR: untrusted,
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
    }),
    ...socketErrors({ reach, trust }),
    // What has a number of its own is not of the log, whatever names of tables are in its text.
    ...logErrors(section).map(([form, entry]) => [form, worded(entry)] as const),
    [/certificate|self.signed/i, untrusted],
    [({ code = '' }) => /^(EPROTO$|ERR_SSL)/.test(String(code)), { code: 'TLS_FAILED', means: 'refuses the encryption', remedy: trust }],
    anyOther(unreachable),
  ];
});

/** Errors of reading the log: the server has one number for all, and tells them apart by text. */
function logErrors(section: Direction): ReadonlyArray<readonly [RegExp, ErrorEntry]> {
  const anew = `the log is kept too short for the schedule: raise binlog_expire_logs_seconds (MariaDB: also expire_logs_days), then set ${section}.onLogPurged to snapshot and apply`;
  return [
    [
      /purged|could not find (first log file|gtid state)/i,
      { code: 'POSITION_LOST', means: 'no longer has the place to resume at', remedy: anew },
    ],
    [
      /more gtids than|not in the master's binlog|not in the source's binlog|position > file size|impossible position/i,
      {
        code: 'POSITION_LOST',
        means: 'is not the server that was read before, or lost part of its log',
        remedy: `name the right server in ${section}.address, or ${BEGIN_ANEW}`,
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
        remedy: `set ${section}.serverId to a number that no replica and no other connector has`,
      },
    ],
  ];
}

/** The library calls all that ends a handshake an error of encryption, also a connection that a server dropped as it stopped. */
function brokeOff({ code, message = '', syscall }: MysqlError): boolean {
  if (code !== 'HANDSHAKE_SSL_ERROR' || message.includes('EPROTO')) return false;
  return syscall !== undefined || message.includes('before secure TLS connection was established');
}

/** Which options the errors of a connection are about. */
export const connectionFrame = (section: Direction) =>
  ({
    server: 'MySQL server',
    reach: `check ${section}.address, that the server runs, and that this network may reach it`,
    option: `${section}.address`,
    optionOf: { AUTH_FAILED: `${section}.password`, TLS_FAILED: `${section}.tls`, FORBIDDEN: `${section}.username` },
  }) satisfies Omit<CheckFrame, 'signal'>;

/** What went wrong with the server at `address`, which a connection or a query told. */
export function mysqlError(error: unknown, address: string, section: Direction): ConnectError {
  if (error instanceof ConnectError) return error;
  return errorFrom(entryFor(serverErrors(section), error as MysqlError) as ErrorEntry, `the MySQL server at ${address}`, error);
}
