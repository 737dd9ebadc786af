import { type ConnectError, type ErrorEntry, errorFrom, socketErrors } from '../../api/index.ts';

const REACH = 'check source.url, that the broker runs and has an AMQP connector there, and that this network may reach it';
const WAIT = 'wait for the broker; the next run goes on where this one ended';
const PASSWORD = 'correct source.username, source.password and source.mechanism';
const TRUST = "set source.tls.ca to the certificate of the broker's authority, and source.tls.servername where names differ";

/** What a broker says as it closes a link, by AMQP's own names. Any other is UNREACHABLE and retriable. */
const LINK: Readonly<Record<string, ErrorEntry>> = {
  'amqp:not-found': { code: 'NOT_FOUND', means: 'does not exist', remedy: 'create it, or correct the name' },
  'amqp:resource-deleted': { code: 'NOT_FOUND', means: 'was deleted', remedy: 'create it again, or remove the name' },
  'amqp:unauthorized-access': { code: 'FORBIDDEN', means: 'may not be read by this user', remedy: 'grant it, or correct source.username' },
  'amqp:invalid-field': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
  'amqp:illegal-state': {
    code: 'WRONG_KIND',
    means: 'is of another kind',
    remedy: 'name queues in source.queues, topics in source.subscriptions',
  },
};

/** What a broker says as it closes a connection. */
const CLOSED: Readonly<Record<string, ErrorEntry>> = {
  'amqp:unauthorized-access': { code: 'AUTH_FAILED', means: 'refused the credentials', remedy: PASSWORD },
  'amqp:invalid-field': {
    code: 'UNREACHABLE',
    retriable: true,
    means: 'has another client under the same client id',
    remedy: 'wait until that ends, or give source.subscriptions a clientId of its own',
  },
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

/** The broker refused or closed the link to `subject`, for instance `queue orders`. */
export function linkError(error: AmqpCondition | undefined, subject: string): ConnectError {
  const { condition = '', description = '' } = error ?? {};
  // Whoever may not create a queue is told so by Classic where the queue does not exist.
  const name = /not authorized to create/.test(description) ? 'amqp:not-found' : condition;
  const closed = {
    code: 'UNREACHABLE',
    retriable: true,
    means: `was closed by the broker (${condition || 'no reason'})`,
    remedy: WAIT,
  } as const;
  const entry = LINK[name] ?? closed;
  const invalid = entry.code === 'CONFIG_INVALID' && description !== '' ? ` (${description.slice(0, 200)})` : '';
  return errorFrom({ ...entry, means: entry.means + invalid }, subject, error);
}

/** The connection to the broker at `url` failed or was closed. */
export function connectionError(error: unknown, url: string): ConnectError {
  const { code, condition, message = '' } = (error ?? {}) as { code?: string; condition?: string; message?: string };
  const subject = `the ActiveMQ broker at ${url}`;
  if (/No suitable mechanism/.test(message)) {
    return errorFrom({ code: 'AUTH_FAILED', means: 'does not offer this mechanism', remedy: 'correct source.mechanism' }, subject, error);
  }
  const known = condition === undefined ? SOCKET[code ?? ''] : CLOSED[condition];
  if (known !== undefined) return errorFrom(known, subject, error);
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
  return errorFrom({ code: 'UNREACHABLE', retriable: true, means, remedy: WAIT }, subject, error);
}

export function noAnswer(url: string, ms: number): ConnectError {
  return errorFrom(
    { code: 'UNREACHABLE', retriable: true, means: `did not answer in ${ms} ms`, remedy: REACH },
    `the ActiveMQ broker at ${url}`,
  );
}
