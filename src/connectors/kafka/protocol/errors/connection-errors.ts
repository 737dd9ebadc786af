import { ConnectError, type Direction, toConnectError } from '../../../../api/index.ts';
import {
  byCode,
  type CheckFrame,
  type ErrorEntry,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  type SystemError,
  socketErrors,
} from '../../../../kit/index.ts';
import { answerErrors } from './protocol-errors.ts';

/** One cause of a failure, by Node's or the library's code. */
interface Failure extends SystemError {
  readonly code: string;
  readonly message: string;
  /** What caused it all. */
  readonly innermost: Cause;
}

/** The library's code where the network failed. */
const NETWORK_FAILURE = 'PLT_KFK_NETWORK';
/** Node's names for what the network does. */
const NETWORK = /^(E[A-Z][A-Z0-9_]*|ERR_(STREAM|SOCKET)_.+)$/;
/** Bytes that are no answer, or not to what was asked. */
const NOT_UNDERSTOOD =
  /^(PLT_KFK_(OUT_OF_BOUNDS|UNEXPECTED_CORRELATION_ID|PROTOCOL|UNSUPPORTED.*)|ERR_(BUFFER_OUT_OF_BOUNDS|OUT_OF_RANGE))$/;

const WAIT = 'wait for the brokers; the next run goes on where this one ended';
const password = (section: Direction): string => `correct ${section}.sasl.username and ${section}.sasl.password`;

/** What a broker answers to credentials, by Kafka's own names, and all else that it answers. */
const answers = perSection(
  (section): ErrorTable => [
    ...byCode({
      SASL_AUTHENTICATION_FAILED: { code: 'AUTH_FAILED', means: 'refused user name or password', remedy: password(section) },
      UNSUPPORTED_SASL_MECHANISM: {
        code: 'AUTH_FAILED',
        means: 'does not offer this mechanism',
        remedy: `set ${section}.sasl.mechanism to one that the broker has enabled`,
      },
      ILLEGAL_SASL_STATE: {
        code: 'AUTH_FAILED',
        means: 'does not ask for credentials at this port',
        remedy: `remove ${section}.sasl, or name the SASL port in ${section}.bootstrapServers`,
      },
    }),
    ...answerErrors(section),
  ],
);

/** Errors of a connection, by Node's or the library's code. */
const connectionErrors = perSection((section): ErrorTable<Failure> => {
  const reach = `check ${section}.bootstrapServers, that the broker runs, and that this network may reach it`;
  const trust = `set ${section}.tls.ca to the certificate of the brokers' authority, and ${section}.tls.servername where names differ`;
  const unreachable = ({ innermost: { code, message } }: Failure): ErrorEntry => ({
    code: 'UNREACHABLE',
    retriable: true,
    means: `can't be reached (${code?.startsWith('PLT_') ? message : (code ?? message)})`,
    remedy: reach,
  });
  return [
    [/^Request timed out$/, { code: 'TIMEOUT', retriable: true, means: 'did not answer in time', remedy: WAIT }],
    ...socketErrors({ reach, trust }),
    [
      ({ code }) => /^(EPROTO$|ERR_(SSL|TLS))/.test(code),
      ({ code }) => ({ code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: trust }),
    ],
    // A port without encryption does so, and a broker, or a balancer before it, that starts or stops.
    [
      (failure) => disagrees(failure) && failure.innermost.code === 'ECONNRESET',
      {
        code: 'TLS_FAILED',
        retriable: true,
        means: 'closed the connection instead of agreeing on encryption',
        remedy: `wait for a broker that is starting or stopping; else set ${section}.tls.enabled to what this port expects`,
      },
    ],
    [
      disagrees,
      {
        code: 'TLS_FAILED',
        means: 'and this client disagree about encryption',
        remedy: `set ${section}.tls.enabled to what this port expects`,
      },
    ],
    [
      ({ code }) => NOT_UNDERSTOOD.test(code),
      ({ message }) => ({
        code: 'WRONG_KIND',
        retriable: true,
        means: `answers what is not understood (${message})`,
        remedy: `see whether ${section}.bootstrapServers names brokers of Kafka; the next run tries again`,
      }),
    ],
    ['PLT_KFK_AUTHENTICATION', { code: 'AUTH_FAILED', means: 'refused the credentials', remedy: password(section) }],
    [NETWORK_FAILURE, unreachable],
  ];
});

/** The library has one code for all mistakes of its users, and tells them apart by text. */
const disagrees = ({ code, message }: Failure): boolean => code === 'PLT_KFK_USER' && message.includes('TLS');

/** Which options the errors of a connection are about. */
export const connectionFrame = (section: Direction) =>
  ({
    server: 'Kafka broker',
    reach: `check ${section}.bootstrapServers, that the brokers run, and that this network may reach them`,
    option: `${section}.bootstrapServers`,
    optionOf: { AUTH_FAILED: `${section}.sasl`, TLS_FAILED: `${section}.tls` },
  }) satisfies Omit<CheckFrame, 'signal'>;

/**
 * What went wrong with a connection or a request to the broker at `address`. The innermost cause that is known speaks. What is neither
 * the network's nor the broker's is INTERNAL.
 */
export function connectionError(error: unknown, address: string, section: Direction): ConnectError {
  if (error instanceof ConnectError) return error;
  const chain = [...causes(error)].reverse();
  const own = chain.find((cause) => cause instanceof ConnectError);
  if (own !== undefined) return own;
  const entry = entryOf(chain, section);
  if (entry !== undefined) return errorFrom(entry, `the Kafka broker at ${address}`, error);
  const { message } = toConnectError(error);
  return new ConnectError('INTERNAL', `a request to the Kafka broker at ${address} failed: ${message}`, { retriable: true, cause: error });
}

/** `chain`: the innermost cause first. */
function entryOf(chain: readonly Cause[], section: Direction): ErrorEntry | undefined {
  const [innermost = { message: '' }] = chain;
  for (const { apiId, code = '', message } of chain) {
    const entry =
      apiId === undefined ? entryFor(connectionErrors(section), { code, message, innermost }) : entryFor(answers(section), { code: apiId });
    if (entry !== undefined) return entry;
  }
  if (!chain.some(({ code = '' }) => NETWORK.test(code))) return undefined;
  return entryFor(connectionErrors(section), { code: NETWORK_FAILURE, message: '', innermost });
}

/** No connection to a broker at an address that it gives for itself: what `connectionError` says of it, with the setting at fault. */
export function advertisedError(error: ConnectError): ConnectError {
  if (error.code !== 'UNREACHABLE') return error;
  return new ConnectError(error.code, `${error.message}, which is the address that the broker gives for itself`, {
    retriable: error.retriable,
    remedy: 'set advertised.listeners of the broker to an address that this network can reach, or check that the broker runs',
    cause: error,
  });
}

/** A broker that wants credentials and was given none just closes the connection. */
export function closedWithoutAnswer(address: string, cause: unknown, section: Direction): ConnectError {
  const remedy = `set ${section}.sasl where the broker asks for credentials, or look into its log`;
  const entry = { code: 'UNREACHABLE', retriable: true, means: 'closed the connection instead of answering', remedy } as const;
  return errorFrom(entry, `the Kafka broker at ${address}`, cause);
}

interface Cause {
  readonly message: string;
  readonly code?: string;
  /** Kafka's name for what a broker answered. */
  readonly apiId?: string;
}

/** The error and what caused it, outermost first. By shape: errors of Node itself may come from another realm. */
function* causes(error: unknown): Generator<Cause> {
  if (typeof error !== 'object' || error === null || !('message' in error)) return;
  yield error as Cause;
  for (const inner of 'errors' in error && Array.isArray(error.errors) ? error.errors : []) yield* causes(inner);
  if ('cause' in error) yield* causes(error.cause);
}
