import { ConnectError, toConnectError } from '../../../../api/index.ts';
import { type ErrorEntry, errorFrom, socketErrors } from '../../../../kit/index.ts';
import { answerEntry } from './protocol-errors.ts';

const REACH = 'check source.bootstrapServers, that the broker runs, and that this network may reach it';
const WAIT = 'wait for the brokers; the next run goes on where this one ended';
const PASSWORD = 'correct source.sasl.username and source.sasl.password';
const TRUST = "set source.tls.ca to the certificate of the brokers' authority, and source.tls.servername where names differ";

/** Errors of a connection, by Node's or Kafka's code. */
const CONNECTION: Readonly<Record<string, ErrorEntry>> = {
  SASL_AUTHENTICATION_FAILED: { code: 'AUTH_FAILED', means: 'refused user name or password', remedy: PASSWORD },
  UNSUPPORTED_SASL_MECHANISM: {
    code: 'AUTH_FAILED',
    means: 'does not offer this mechanism',
    remedy: 'set source.sasl.mechanism to one that the broker has enabled',
  },
  ILLEGAL_SASL_STATE: {
    code: 'AUTH_FAILED',
    means: 'does not ask for credentials at this port',
    remedy: 'remove source.sasl, or name the SASL port in source.bootstrapServers',
  },
  PLT_KFK_AUTHENTICATION: { code: 'AUTH_FAILED', means: 'refused the credentials', remedy: PASSWORD },
  ...socketErrors({ reach: REACH, trust: TRUST }),
  PLT_KFK_USER: {
    code: 'TLS_FAILED',
    means: 'and this client disagree about encryption',
    remedy: 'set source.tls.enabled to what this port expects',
  },
};

/** A port without encryption does so, and a broker, or a balancer before it, that starts or stops. */
const HUNG_UP: ErrorEntry = {
  code: 'TLS_FAILED',
  retriable: true,
  means: 'closed the connection instead of agreeing on encryption',
  remedy: 'wait for a broker that is starting or stopping; else set source.tls.enabled to what this port expects',
};

/**
 * What went wrong with a connection or a request to the broker at `address`. The innermost cause that is known speaks. What is neither
 * the network's nor the broker's is INTERNAL.
 */
export function connectionError(error: unknown, address: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const chain = [...causes(error)].reverse();
  const own = chain.find((cause) => cause instanceof ConnectError);
  if (own !== undefined) return own;
  const [innermost] = chain;
  const known = chain.map((cause) => entryOf(cause, innermost)).find((found) => found !== undefined);
  const entry = known ?? (chain.some(({ code = '' }) => NETWORK.test(code)) ? unreachable(innermost) : undefined);
  if (entry !== undefined) return errorFrom(entry, `the Kafka broker at ${address}`, error);
  const { message } = toConnectError(error);
  return new ConnectError('INTERNAL', `a request to the Kafka broker at ${address} failed: ${message}`, { retriable: true, cause: error });
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
export function closedWithoutAnswer(address: string, cause: unknown): ConnectError {
  const remedy = 'set source.sasl where the broker asks for credentials, or look into its log';
  const entry = { code: 'UNREACHABLE', retriable: true, means: 'closed the connection instead of answering', remedy } as const;
  return errorFrom(entry, `the Kafka broker at ${address}`, cause);
}

function entryOf({ apiId, code = '', message }: Cause, innermost: Cause | undefined): ErrorEntry | undefined {
  if (apiId !== undefined) return CONNECTION[apiId] ?? answerEntry(apiId);
  if (message === 'Request timed out') return { code: 'TIMEOUT', retriable: true, means: 'did not answer in time', remedy: WAIT };
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)/.test(code))
    return CONNECTION[code] ?? { code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: TRUST };
  if (code === 'PLT_KFK_USER' && !message.includes('TLS')) return undefined;
  if (code === 'PLT_KFK_USER' && innermost?.code === 'ECONNRESET') return HUNG_UP;
  if (NOT_UNDERSTOOD.test(code)) return notUnderstood(message);
  return CONNECTION[code] ?? (code === 'PLT_KFK_NETWORK' ? unreachable(innermost) : undefined);
}

/** Node's names for what the network does. */
const NETWORK = /^(E[A-Z][A-Z0-9_]*|ERR_(STREAM|SOCKET)_.+)$/;
/** Bytes that are no answer, or not to what was asked. */
const NOT_UNDERSTOOD =
  /^(PLT_KFK_(OUT_OF_BOUNDS|UNEXPECTED_CORRELATION_ID|PROTOCOL|UNSUPPORTED.*)|ERR_(BUFFER_OUT_OF_BOUNDS|OUT_OF_RANGE))$/;

const unreachable = ({ code, message }: Cause = { message: '' }): ErrorEntry => ({
  code: 'UNREACHABLE',
  retriable: true,
  means: `can't be reached (${code?.startsWith('PLT_') ? message : (code ?? message)})`,
  remedy: REACH,
});

const notUnderstood = (message: string): ErrorEntry => ({
  code: 'WRONG_KIND',
  retriable: true,
  means: `answers what is not understood (${message})`,
  remedy: 'see whether source.bootstrapServers names brokers of Kafka; the next run tries again',
});

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
