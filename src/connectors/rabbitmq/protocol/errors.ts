import { ConnectError } from '../../../api/index.ts';
import { type ErrorEntry, errorFrom, socketErrors } from '../../../kit/index.ts';

const REACH = 'check source.urls, that the node runs, and that this network may reach it';
const AGAIN = 'wait for the server; the next run goes on, and nothing is lost';
const TRUST = "set source.tls.ca to the certificate of the nodes' authority, and source.tls.servername where names differ";
const ENCRYPTION = 'write amqps:// in source.urls where the port is encrypted, else amqp://';

/** Why the server closed a channel, by AMQP's reply code. Any other is UNREACHABLE and retriable. */
const CHANNEL: Readonly<Record<number, ErrorEntry>> = {
  403: { code: 'FORBIDDEN', means: 'may not be read by this user', remedy: 'grant it the permission to read the queue' },
  404: {
    code: 'NOT_FOUND',
    // A plan found it, or was told to look for it later: who deleted it may make it again.
    retriable: true,
    means: 'does not exist',
    remedy: 'create it, or correct source.queues or source.streams',
  },
  405: {
    code: 'FORBIDDEN',
    means: 'is exclusive: only the connection that made it may read it',
    remedy: 'make it without exclusive, or take it out of source.queues',
  },
  540: {
    code: 'WRONG_KIND',
    means: 'is of a kind that is read in another way',
    remedy: 'name queues in source.queues, streams in source.streams',
  },
};

const NODE_DOWN: ErrorEntry = {
  code: 'UNREACHABLE',
  retriable: true,
  means: 'is on a node that is down',
  remedy: 'start that node; the next run goes on, and nothing is lost',
};

const QUEUE_SILENT: ErrorEntry = {
  code: 'UNREACHABLE',
  retriable: true,
  means: 'does not answer its server, which may be starting or stopping',
  remedy: AGAIN,
};

const EXCLUSIVE_CONSUMER: ErrorEntry = {
  code: 'FORBIDDEN',
  retriable: true,
  means: 'has an exclusive consumer',
  remedy: 'end that consumer, or let it consume without exclusive',
};

const NO_STREAM: ErrorEntry = { code: 'WRONG_KIND', means: 'is a queue', remedy: 'name it in source.queues, not in source.streams' };

const ACK_TIMEOUT: ErrorEntry = {
  code: 'TIMEOUT',
  retriable: true,
  means: 'waited too long for acknowledgements',
  remedy: "raise the server's consumer_timeout above batch.maxDurationMs",
};

/** Errors of a connection, by Node's code. */
const CONNECTION: Readonly<Record<string, ErrorEntry>> = {
  ...socketErrors({ reach: REACH, trust: TRUST }),
  ERR_SSL_WRONG_VERSION_NUMBER: { code: 'TLS_FAILED', means: 'does not speak TLS at this port', remedy: ENCRYPTION },
};

/** Errors by what is said of them; the first that matches. */
type Said = ReadonlyArray<readonly [RegExp, ErrorEntry]>;

const entryOf = (said: Said, message: string): ErrorEntry | undefined => said.find(([pattern]) => pattern.test(message))?.[1];

/** Why a channel was closed, by what the server says. */
const CHANNEL_SAID: Said = [
  // The server says of a queue that it isn't found, too, where it only can't be asked now.
  [/home node '|is down or inaccessible|stopped by supervisor|process is stopped|has crashed|no_local_stream_replica/, NODE_DOWN],
  [/failed to perform operation on/, QUEUE_SILENT],
  [/in exclusive use/, EXCLUSIVE_CONSUMER],
  [/invalid arg 'x-stream-offset'/, NO_STREAM],
  [/delivery acknowledgement .* timed out/, ACK_TIMEOUT],
];

/** Errors of a connection, by what the client says. */
const CONNECTION_SAID: Said = [
  [
    /ACCESS[-_]REFUSED.*mechanism EXTERNAL/,
    { code: 'AUTH_FAILED', means: "refused this client's certificate", remedy: 'make a user of its name, and correct source.tls.cert' },
  ],
  [
    /ACCESS[-_]REFUSED/,
    { code: 'AUTH_FAILED', means: 'refused user name or password', remedy: 'correct source.username and source.password' },
  ],
  [
    /Expected ConnectionOpenOk|NOT[-_]ALLOWED/,
    {
      code: 'NOT_FOUND',
      // The client keeps to itself whether the virtual host is not there, is down, or has too many connections.
      retriable: true,
      means: 'has no such virtual host, none that this user may use, or no room for more connections',
      remedy: 'correct source.vhost, or grant the user permissions in it',
    },
  ],
  [
    /NOT[-_]IMPLEMENTED.*stream/,
    { code: 'WRONG_KIND', means: 'was asked for a stream as for a queue', remedy: 'name streams in source.streams, not in source.queues' },
  ],
  [/INTERNAL[-_]ERROR/, { code: 'UNREACHABLE', retriable: true, means: 'broke down over what it was asked for', remedy: AGAIN }],
  [/ETIMEDOUT/, { code: 'UNREACHABLE', retriable: true, means: 'did not answer in time', remedy: REACH }],
  [/Heartbeat timeout/, { code: 'UNREACHABLE', retriable: true, means: 'fell silent', remedy: AGAIN }],
  [/CONNECTION[-_]FORCED/, { code: 'UNREACHABLE', retriable: true, means: 'closed the connection', remedy: AGAIN }],
];

/** Why the server closed a channel or refused a request about `subject`: `queue orders`. */
export function channelError(error: unknown, subject: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const { code, message } = error as { code?: number; message: string };
  const entry = entryOf(CHANNEL_SAID, message) ?? (code === undefined ? undefined : CHANNEL[code]);
  if (entry !== undefined) return errorFrom(entry, subject, error);
  const means = `can't be read now (${message})`;
  return errorFrom({ code: 'UNREACHABLE', retriable: true, means, remedy: AGAIN }, subject, error);
}

/** What went wrong with the connection to the node at `address`, a URL. */
export function connectionError(error: unknown, address: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const { code = '', message } = (error ?? { message: 'it was closed' }) as { code?: string | number; message: string };
  const known = CONNECTION[code] ?? entryOf(CONNECTION_SAID, message);
  if (known !== undefined) return errorFrom(known, `the RabbitMQ node at ${address}`, error);
  const refusedTls = /^(EPROTO|ERR_(SSL|TLS))/.test(String(code));
  const entry: ErrorEntry = refusedTls
    ? { code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: TRUST }
    : { code: 'UNREACHABLE', retriable: true, means: `can't be reached (${code || message})`, remedy: REACH };
  return errorFrom(entry, `the RabbitMQ node at ${address}`, error);
}

/** The server does not answer over an open connection. */
export function silentError(address: string): ConnectError {
  return errorFrom({ code: 'UNREACHABLE', retriable: true, means: 'does not answer', remedy: AGAIN }, `the RabbitMQ node at ${address}`);
}

/** A stream that is read as a queue. */
export const aStream = (queue: string): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is a stream`, { remedy: 'name it in source.streams, not in source.queues' });

/** A queue that is read as a stream. */
export const notAStream = (queue: string): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is no stream`, { remedy: 'name it in source.queues, not in source.streams' });
