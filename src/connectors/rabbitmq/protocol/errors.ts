import { ConnectError, type Direction } from '../../../api/index.ts';
import {
  anyOther,
  byCode,
  type CheckFrame,
  type ErrorEntry,
  type ErrorRow,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  socketErrors,
} from '../../../kit/index.ts';

const AGAIN = 'wait for the server; the next run goes on, and nothing is lost';

const unreachable = (means: string, remedy = AGAIN): ErrorEntry => ({ code: 'UNREACHABLE', retriable: true, means, remedy });

/** What the client makes of a server's answer: `Connection closed: 506 (RESOURCE-ERROR) with message "RESOURCE_ERROR - ..."`. */
const ANSWER = /\b(\d{3}) \([\w-]+\) with message "(.*)"$/s;

/** The row of answers that no other row knows. The server was reached, so it is no failure of the network; nothing says that it stays. `means` introduces the answer. */
const otherAnswers = (means: string): ErrorRow => [
  ANSWER,
  ({ message = '' }) => {
    const [, code, text] = ANSWER.exec(message) ?? [];
    const remedy = 'look into the log of the RabbitMQ node; the next run tries again, and nothing is lost';
    return { code: 'WRONG_STATE', retriable: true, means: `${means} ${code} ${text}`, remedy };
  },
];

/** Why the server closed a channel: by its own words first, because it says of a queue that it isn't found, too, where it only can't be asked now. */
const channelErrors = perSection(
  (section): ErrorTable => [
    [
      /home node '|is down or inaccessible|stopped by supervisor|process is stopped|has crashed|no_local_stream_replica/,
      unreachable('is on a node that is down', 'start that node; the next run goes on, and nothing is lost'),
    ],
    [/failed to perform operation on/, unreachable('does not answer its server, which may be starting or stopping')],
    [
      /in exclusive use/,
      {
        code: 'FORBIDDEN',
        retriable: true,
        means: 'has an exclusive consumer',
        remedy: 'end that consumer, or let it consume without exclusive',
      },
    ],
    [
      /invalid arg 'x-stream-offset'/,
      { code: 'WRONG_KIND', means: 'is a queue', remedy: `name it in ${section}.queues, not in ${section}.streams` },
    ],
    [
      /delivery acknowledgement .* timed out/,
      {
        code: 'TIMEOUT',
        retriable: true,
        means: 'waited too long for acknowledgements',
        remedy: "raise the server's consumer_timeout above batch.maxDurationMs",
      },
    ],
    // AMQP's reply codes.
    ...byCode({
      403: { code: 'FORBIDDEN', means: 'may not be read by this user', remedy: 'grant it the permission to read the queue' },
      404: {
        code: 'NOT_FOUND',
        // A plan found it, or was told to look for it later: who deleted it may make it again.
        retriable: true,
        means: 'does not exist',
        remedy: `create it, or correct ${section}.queues or ${section}.streams`,
      },
      405: {
        code: 'FORBIDDEN',
        means: 'is exclusive: only the connection that made it may read it',
        remedy: `make it without exclusive, or take it out of ${section}.queues`,
      },
      540: {
        code: 'WRONG_KIND',
        means: 'is of a kind that is read in another way',
        remedy: `name queues in ${section}.queues, streams in ${section}.streams`,
      },
    }),
    otherAnswers("can't be read now: the server answers"),
    anyOther(({ message }) => unreachable(`can't be read now (${message})`)),
  ],
);

/** What ends a connection or keeps it from opening: by Node's code, then by what the client says. */
const connectionErrors = perSection((section): ErrorTable => {
  const reach = `check ${section}.urls, that the node runs, and that this network may reach it`;
  const trust = `set ${section}.tls.ca to the certificate of the nodes' authority, and ${section}.tls.servername where names differ`;
  return [
    ...socketErrors({ reach, trust }),
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      {
        code: 'TLS_FAILED',
        means: 'does not speak TLS at this port',
        remedy: `write amqps:// in ${section}.urls where the port is encrypted, else amqp://`,
      },
    ],
    [
      /ACCESS[-_]REFUSED.*mechanism EXTERNAL/,
      {
        code: 'AUTH_FAILED',
        means: "refused this client's certificate",
        remedy: `make a user of its name, and correct ${section}.tls.cert`,
      },
    ],
    [
      /ACCESS[-_]REFUSED/,
      {
        code: 'AUTH_FAILED',
        means: 'refused user name or password',
        remedy: `correct ${section}.username and ${section}.password`,
      },
    ],
    [
      /Expected ConnectionOpenOk|NOT[-_]ALLOWED/,
      {
        code: 'NOT_FOUND',
        // The client keeps to itself whether the virtual host is not there, is down, or has too many connections.
        retriable: true,
        means: 'has no such virtual host, none that this user may use, or no room for more connections',
        remedy: `correct ${section}.vhost, or grant the user permissions in it`,
      },
    ],
    [
      /NOT[-_]IMPLEMENTED.*stream/,
      {
        code: 'WRONG_KIND',
        means: 'was asked for a stream as for a queue',
        remedy: `name streams in ${section}.streams, not in ${section}.queues`,
      },
    ],
    [/INTERNAL[-_]ERROR/, unreachable('broke down over what it was asked for')],
    [/ETIMEDOUT/, unreachable('did not answer in time', reach)],
    [/Heartbeat timeout/, unreachable('fell silent')],
    [/CONNECTION[-_]FORCED/, unreachable('closed the connection')],
    [
      ({ code }) => /^(EPROTO|ERR_(SSL|TLS))/.test(String(code)),
      ({ code }) => ({ code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: trust }),
    ],
    otherAnswers('ended the connection: it answers'),
    anyOther(({ code, message }) => unreachable(`can't be reached (${code || message})`, reach)),
  ];
});

/** Which options the errors of a connection are about. */
export const connectionFrame = (section: Direction) =>
  ({
    server: 'RabbitMQ node',
    reach: `check ${section}.urls, that the nodes run, and that this network may reach them`,
    option: `${section}.urls`,
    optionOf: { AUTH_FAILED: `${section}.username`, TLS_FAILED: `${section}.tls`, NOT_FOUND: `${section}.vhost` },
  }) satisfies Omit<CheckFrame, 'signal'>;

/** Why the server closed a channel or refused a request about `subject`: `queue orders`. */
export function channelError(error: unknown, subject: string, section: Direction): ConnectError {
  if (error instanceof ConnectError) return error;
  return errorFrom(entryFor(channelErrors(section), error as Error) as ErrorEntry, subject, error);
}

/** What went wrong with the connection to the node at `address`, a URL. */
export function connectionError(error: unknown, address: string, section: Direction): ConnectError {
  if (error instanceof ConnectError) return error;
  const entry = entryFor(connectionErrors(section), (error ?? { message: 'it was closed' }) as Error);
  return errorFrom(entry as ErrorEntry, `the RabbitMQ node at ${address}`, error);
}

/** The server does not answer over an open connection. */
export const silentError = (address: string): ConnectError => errorFrom(unreachable('does not answer'), `the RabbitMQ node at ${address}`);

/** An alarm of memory or disk. `reason`: the server's own. */
export const blockedError = (address: string, reason: string): ConnectError =>
  errorFrom(
    {
      code: 'THROTTLED',
      retriable: true,
      means: `takes nothing that is published now (${reason})`,
      remedy: 'see rabbitmq-diagnostics alarms, and free memory or disk at the nodes; the next run goes on, and nothing is lost',
    },
    `the RabbitMQ node at ${address}`,
  );

/** A stream that is read as a queue. */
export const aStream = (queue: string, section: Direction): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is a stream`, { remedy: `name it in ${section}.streams, not in ${section}.queues` });

/** A queue that is read as a stream. */
export const notAStream = (queue: string, section: Direction): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is no stream`, { remedy: `name it in ${section}.queues, not in ${section}.streams` });
