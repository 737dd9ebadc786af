import type { ConnectError } from '../../../api/index.ts';
import { type ErrorEntry, errorFrom, socketErrors } from '../../../kit/index.ts';

const REACH = 'check source.url, that the broker runs and has an AMQP connector there, and that this network may reach it';
const WAIT = 'wait for the broker; the next run goes on where this one ended';
const PASSWORD = 'correct source.username, source.password and source.mechanism';
const TRUST = "set source.tls.ca to the certificate of the broker's authority, and source.tls.servername where names differ";

const REPORT = 'look into the log of the broker, and report it with what stands there';
const again = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'UNREACHABLE', retriable: true, means, remedy });
const busy = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'THROTTLED', retriable: true, means, remedy });
const defect = (means: string): ErrorEntry => ({ code: 'INTERNAL', means, remedy: REPORT });

/** Conditions that links, sessions and connections have in common, by AMQP's own names. Any other is UNREACHABLE and retriable. */
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
const LINK: Readonly<Record<string, ErrorEntry>> = {
  ...ANY,
  // Whoever plans is told of a wrong name; what goes away between two plans may be made again.
  'amqp:not-found': { code: 'NOT_FOUND', retriable: true, means: 'does not exist', remedy: 'create it, or correct the name' },
  'amqp:resource-deleted': { code: 'NOT_FOUND', retriable: true, means: 'was deleted', remedy: 'create it again, or remove the name' },
  'amqp:unauthorized-access': { code: 'FORBIDDEN', means: 'may not be read by this user', remedy: 'grant it, or correct source.username' },
  'amqp:invalid-field': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
  'amqp:precondition-failed': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
  'amqp:illegal-state': {
    code: 'WRONG_KIND',
    means: 'is of another kind',
    remedy: 'name queues in source.queues, topics in source.subscriptions',
  },
  'amqp:link:stolen': again(
    'was taken over by another client of that name',
    'end the other one; the next run goes on where this one ended',
  ),
  'amqp:link:message-size-exceeded': defect('has a message that is larger than this link takes'),
};

/** What a broker says as it closes a connection. */
const CLOSED: Readonly<Record<string, ErrorEntry>> = {
  ...ANY,
  'amqp:unauthorized-access': { code: 'AUTH_FAILED', means: 'refused the credentials', remedy: PASSWORD },
  'amqp:invalid-field': again(
    'has another client under the same client id',
    'wait until that ends, or give source.subscriptions a clientId of its own',
  ),
  'amqp:not-found': {
    code: 'WRONG_KIND',
    means: 'does not know the host name that it is called by',
    remedy: 'name it in source.url as the broker does',
  },
  'amqp:connection:redirect': again('sends its clients elsewhere', 'name the broker that it means in source.url'),
};

/** Errors of a socket, by Node's code. */
const SOCKET: Readonly<Record<string, ErrorEntry>> = {
  ...socketErrors({ reach: REACH, trust: TRUST }),
};

/** OpenSSL has a code for each thing that a server may have against it. */
const CLIENT_CERTIFICATE: ErrorEntry = {
  code: 'TLS_FAILED',
  means: 'refuses the certificate of this client',
  remedy: 'correct source.tls.cert and source.tls.key, or let the broker trust their authority',
};

/** An AMQP error as rhea gives it. */
export interface AmqpCondition {
  readonly condition?: string | undefined;
  readonly description?: string | undefined;
}

/** Broker and client both call it a limit where the other says nothing any more: `max idle time exceeded`. */
const SILENCE = /\b(idle|inactive|inactivity)\b/i;

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

/** The broker refused or closed the link to `subject`, for instance `queue orders`. */
export function linkError(error: AmqpCondition | undefined, subject: string): ConnectError {
  const { condition = '', description = '' } = error ?? {};
  // Classic forgets who a client is as it ends the connection, and refuses what it was still asked for.
  if (/User is not authenticated/.test(description))
    return errorFrom(again('was asked for as the broker ended the connection'), subject, error);
  // Whoever may not create a queue is told so by Classic where the queue does not exist.
  const name = /not authorized to create/.test(description) ? 'amqp:not-found' : condition;
  const entry = LINK[name] ?? again(`was closed by the broker (${condition || 'no reason'})`);
  return errorFrom({ ...entry, means: entry.means + said(name, description) }, subject, error);
}

const said = (condition: string, description: string): string =>
  TOLD.has(condition) && description !== '' ? ` (${description.slice(0, 200)})` : '';

/** The connection to the broker at `url` failed or was closed. */
export function connectionError(error: unknown, url: string): ConnectError {
  const { code, condition, message = '', description = '' } = (error ?? {}) as AmqpCondition & { code?: string; message?: string };
  const subject = `the ActiveMQ broker at ${url}`;
  if (SILENCE.test(description)) return silence(url, error);
  if (/No suitable mechanism/.test(message)) {
    return errorFrom({ code: 'AUTH_FAILED', means: 'does not offer this mechanism', remedy: 'correct source.mechanism' }, subject, error);
  }
  const known = condition === undefined ? SOCKET[code ?? ''] : CLOSED[condition];
  if (known !== undefined) return errorFrom({ ...known, means: known.means + said(condition ?? '', description) }, subject, error);
  if (/ALERT.*(CERT|UNKNOWN_CA)/.test(code ?? '')) return errorFrom(CLIENT_CERTIFICATE, subject, error);
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL')) {
    return errorFrom(
      { code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: 'write amqps:// only for encrypted ports' },
      subject,
      error,
    );
  }
  if (/^(Invalid AMQP protocol|Expecting SASL|SASL layer)/.test(message)) {
    return errorFrom(
      { code: 'WRONG_KIND', means: 'does not speak AMQP 1.0 with SASL', remedy: 'name its AMQP port in source.url' },
      subject,
      error,
    );
  }
  const means = `closed the connection (${condition ?? code ?? (message || 'without a reason')})`;
  return errorFrom(again(means), subject, error);
}

/** The broker, or this client, closed the connection because it heard nothing from the other for too long. */
export const silence = (url: string, cause?: unknown): ConnectError =>
  errorFrom(again('and this client have not heard from each other for too long'), `the ActiveMQ broker at ${url}`, cause);

export const noAnswer = (url: string, ms: number): ConnectError =>
  errorFrom(again(`did not answer in ${ms} ms`, REACH), `the ActiveMQ broker at ${url}`);
