import type { ConnectError, Direction } from '../../../api/index.ts';
import {
  anyOther,
  type CheckFrame,
  type ErrorEntry,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  type SystemError,
  socketErrors,
} from '../../../kit/index.ts';

const WAIT = 'wait for the broker; the next run goes on where this one ended';
const REPORT = 'look into the log of the broker, and report it with what stands there';

const again = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'UNREACHABLE', retriable: true, means, remedy });
const busy = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'THROTTLED', retriable: true, means, remedy });
const defect = (means: string): ErrorEntry => ({ code: 'INTERNAL', means, remedy: REPORT });

/** An AMQP error as rhea gives it. */
export interface AmqpCondition {
  readonly condition?: string | undefined;
  readonly description?: string | undefined;
}

/** An AMQP error by its condition, or one of a socket by Node's code. */
interface AmqpError extends SystemError {
  /** The broker's own words. */
  readonly description?: string | undefined;
}

/** Of these only the broker's own words tell what is meant. */
const TOLD = new Set([
  'amqp:decode-error',
  'amqp:invalid-field',
  'amqp:precondition-failed',
  'amqp:not-allowed',
  'amqp:not-implemented',
  'amqp:resource-limit-exceeded',
  'amqp:internal-error',
]);

/** Rows of AMQP's own names of errors, with the broker's words where it takes them. */
const byCondition = (entries: Readonly<Record<string, ErrorEntry>>): ErrorTable<AmqpError> =>
  Object.entries(entries).map(([condition, entry]) => [
    condition,
    ({ description = '' }) =>
      TOLD.has(condition) && description !== '' ? { ...entry, means: `${entry.means} (${description.slice(0, 200)})` } : entry,
  ]);

/** A broker's words, whatever the condition is. */
const saying =
  (words: RegExp) =>
  ({ description = '' }: AmqpError): boolean =>
    words.test(description);

/** Conditions that links, sessions and connections have in common. Any other is UNREACHABLE and retriable. */
const ANY: Readonly<Record<string, ErrorEntry>> = {
  'amqp:resource-limit-exceeded': busy(
    'is at a limit of the broker',
    'wait until it has room, or raise its limit (of consumers, connections or memory) there',
  ),
  'amqp:resource-locked': busy('is held by another client alone', 'wait until that ends, or end it'),
  'amqp:not-implemented': {
    code: 'WRONG_KIND',
    means: 'asks for what this broker can not do',
    remedy: 'name a broker that can, or remove the option',
  },
  'amqp:not-allowed': { code: 'FORBIDDEN', means: 'is not allowed by the broker', remedy: 'allow it there, or remove the name' },
  // Classic says so of any exception, also of those that its own shutdown throws in the middle of a command.
  'amqp:decode-error': again('could not process what it got', `${WAIT}. If it stays so, ${REPORT}`),
  'amqp:frame-size-too-small': defect('got a frame larger than the broker takes'),
  'amqp:connection:framing-error': again('could not read what it got', `${WAIT}. If it stays so, ${REPORT}`),
};

/** What a broker says as it closes a link or its session. */
const linkErrors = perSection((section): ErrorTable<AmqpError> => {
  // Whoever plans is told of a wrong name; what goes away between two plans may be made again.
  const missing: ErrorEntry = { code: 'NOT_FOUND', retriable: true, means: 'does not exist', remedy: 'create it, or correct the name' };
  return [
    // Classic forgets who a client is as it ends the connection, and refuses what it was still asked for.
    [saying(/User is not authenticated/), again('was asked for as the broker ended the connection')],
    // Whoever may not create a queue is told so by Classic where the queue does not exist.
    [saying(/not authorized to create/), missing],
    ...byCondition({
      ...ANY,
      'amqp:not-found': missing,
      'amqp:resource-deleted': { code: 'NOT_FOUND', retriable: true, means: 'was deleted', remedy: 'create it again, or remove the name' },
      'amqp:unauthorized-access': {
        code: 'FORBIDDEN',
        means: `may not be ${section === 'sink' ? 'written' : 'read'} by this user`,
        remedy: `grant it, or correct ${section}.username`,
      },
      'amqp:invalid-field': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
      'amqp:precondition-failed': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
      'amqp:illegal-state': {
        code: 'WRONG_KIND',
        means: 'is of another kind',
        remedy:
          section === 'sink'
            ? 'write queue:// or topic:// before the name in sink.destination'
            : `name queues in ${section}.queues, topics in ${section}.subscriptions`,
      },
      'amqp:link:stolen': again(
        'was taken over by another client of that name',
        'end the other one; the next run goes on where this one ended',
      ),
      'amqp:link:message-size-exceeded': defect('has a message that is larger than this link takes'),
      'amqp:internal-error': again('was closed by the broker (amqp:internal-error)'),
    }),
    anyOther(({ code }) => again(`was closed by the broker (${code || 'no reason'})`)),
  ];
});

/** What a broker says as it closes a connection, and what keeps one from opening. */
const connectionErrors = perSection(
  (section): ErrorTable<AmqpError> => [
    // Broker and client both call it a limit where the other says nothing any more: `max idle time exceeded`.
    [saying(/\b(idle|inactive|inactivity)\b/i), again('and this client have not heard from each other for too long')],
    [/No suitable mechanism/, { code: 'AUTH_FAILED', means: 'does not offer this mechanism', remedy: `correct ${section}.mechanism` }],
    ...byCondition({
      ...ANY,
      'amqp:unauthorized-access': {
        code: 'AUTH_FAILED',
        means: 'refused the credentials',
        remedy: `correct ${section}.username, ${section}.password and ${section}.mechanism`,
      },
      'amqp:invalid-field': again(
        'has another client under the same client id',
        `wait until that ends, or give ${section}.subscriptions a clientId of its own`,
      ),
      'amqp:not-found': {
        code: 'WRONG_KIND',
        means: 'does not know the host name that it is called by',
        remedy: `name it in ${section}.url as the broker does`,
      },
      'amqp:connection:redirect': again('sends its clients elsewhere', `name the broker that it means in ${section}.url`),
    }),
    ...socketErrors({
      reach: reach(section),
      trust: `set ${section}.tls.ca to the certificate of the broker's authority, and ${section}.tls.servername where names differ`,
    }),
    // OpenSSL has a code for each thing that a server may have against a certificate.
    [
      ({ code = '' }) => /ALERT.*(CERT|UNKNOWN_CA)/.test(String(code)),
      {
        code: 'TLS_FAILED',
        means: 'refuses the certificate of this client',
        remedy: `correct ${section}.tls.cert and ${section}.tls.key, or let the broker trust their authority`,
      },
    ],
    [
      ({ code = '' }) => /^(EPROTO$|ERR_SSL)/.test(String(code)),
      ({ code }) => ({
        code: 'TLS_FAILED',
        means: `refuses the encryption (${code})`,
        remedy: 'write amqps:// only for encrypted ports',
      }),
    ],
    [
      /^(Invalid AMQP protocol|Expecting SASL|SASL layer)/,
      { code: 'WRONG_KIND', means: 'does not speak AMQP 1.0 with SASL', remedy: `name its AMQP port in ${section}.url` },
    ],
    anyOther(({ code, message }) => again(`closed the connection (${code ?? (message || 'without a reason')})`)),
  ],
);

const reach = (section: Direction): string =>
  `check ${section}.url, that the broker runs and has an AMQP connector there, and that this network may reach it`;

/** Which options the errors of a connection are about. */
export const connectionFrame = (section: Direction) =>
  ({
    server: 'ActiveMQ broker',
    reach: `check ${section}.url, that the broker runs, and that this network may reach it`,
    option: `${section}.url`,
    optionOf: { AUTH_FAILED: `${section}.password`, TLS_FAILED: `${section}.tls` },
  }) satisfies Omit<CheckFrame, 'signal'>;

/** The broker refused or closed the link to `subject`, for instance `queue orders`. */
export function linkError(error: AmqpCondition | undefined, subject: string, section: Direction): ConnectError {
  const { condition: code, description } = error ?? {};
  return errorFrom(entryFor(linkErrors(section), { code, description }) as ErrorEntry, subject, error);
}

/** The connection to the broker at `url` failed or was closed. */
export function connectionError(error: unknown, url: string, section: Direction): ConnectError {
  const { condition, code, message, description } = (error ?? {}) as AmqpCondition & { readonly code?: string; readonly message?: string };
  const entry = entryFor(connectionErrors(section), { code: condition ?? code, message, description });
  return errorFrom(entry as ErrorEntry, `the ActiveMQ broker at ${url}`, error);
}

export const noAnswer = (url: string, ms: number, section: Direction): ConnectError =>
  errorFrom(again(`did not answer in ${ms} ms`, reach(section)), `the ActiveMQ broker at ${url}`);

/** A producer that may send nothing. */
export const noCredit = (subject: string, ms: number): ConnectError =>
  errorFrom(
    busy(
      `has taken nothing for ${ms} ms, and the broker gives no credit to send more`,
      'let consumers empty it, or raise the limits of memory and store of the broker; the next run goes on',
    ),
    subject,
  );

/** Why a broker rejected one message. */
const rejections: ErrorTable<AmqpError> = [
  [
    saying(/not authori[sz]ed|SecurityException/i),
    { code: 'FORBIDDEN', means: 'may not be written by this user', remedy: 'grant it, or correct sink.username' },
  ],
  [saying(/\b(full|limit|no space)\b|Usage/i), busy('is full', 'let consumers empty it, or raise its limits; the next run goes on')],
  [
    saying(/too large|message size|exceeds|Conver|MessageFormat|decode/i),
    ({ description = '' }) => ({
      code: 'RECORD_REFUSED',
      means: `refuses the message (${description.slice(0, 200)})`,
      remedy: 'correct what its producer writes, or the limits of the broker',
    }),
  ],
  ...byCondition({
    'amqp:unauthorized-access': {
      code: 'FORBIDDEN',
      means: 'may not be written by this user',
      remedy: 'grant it, or correct sink.username',
    },
    'amqp:resource-limit-exceeded': busy('is full', 'let consumers empty it, or raise its limits; the next run goes on'),
    'amqp:link:message-size-exceeded': {
      code: 'RECORD_REFUSED',
      means: 'takes no message of this size',
      remedy: 'raise the limit of the broker',
    },
    'amqp:decode-error': {
      code: 'RECORD_REFUSED',
      means: 'can not decode the message',
      remedy: 'correct the headers that its producer writes',
    },
    'amqp:invalid-field': { code: 'RECORD_REFUSED', means: 'refuses the message', remedy: 'correct the headers that its producer writes' },
  }),
  // Whatever else a broker can't do now, as it stops for instance, is not the record's fault.
  anyOther(({ code, description }) => ({
    code: 'WRONG_STATE',
    retriable: true,
    means: `does not take the message (${description || code || 'without a reason'})`,
    remedy: WAIT,
  })),
];

/** The broker rejected a message for `subject`. */
export function rejection(error: AmqpCondition | undefined, subject: string): ConnectError {
  const { condition: code, description } = error ?? {};
  return errorFrom(entryFor(rejections, { code, description }) as ErrorEntry, subject, error);
}
