import type { ConnectError, Direction } from '../../../../api/index.ts';
import {
  anyOther,
  type CheckFrame,
  type ErrorEntry,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  socketErrors,
} from '../../../../kit/index.ts';
import { type AmqpCondition, type AmqpError, ANY, again, byCondition, saying } from './conditions.ts';

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

/** The connection to the broker at `url` failed or was closed. */
export function connectionError(error: unknown, url: string, section: Direction): ConnectError {
  const { condition, code, message, description } = (error ?? {}) as AmqpCondition & { readonly code?: string; readonly message?: string };
  const entry = entryFor(connectionErrors(section), { code: condition ?? code, message, description });
  return errorFrom(entry as ErrorEntry, `the ActiveMQ broker at ${url}`, error);
}

export const noAnswer = (url: string, ms: number, section: Direction): ConnectError =>
  errorFrom(again(`did not answer in ${ms} ms`, reach(section)), `the ActiveMQ broker at ${url}`);
