import { ConnectError, type ErrorEntry, errorFrom, socketErrors } from '../../api/index.ts';

const REACH = 'check source.bootstrapServers, that the broker runs, and that this network may reach it';
const WAIT = 'wait for the brokers; the next run goes on where this one ended';
const PASSWORD = 'correct source.sasl.username and source.sasl.password';
const TRUST = "set source.tls.ca to the certificate of the brokers' authority, and source.tls.servername where names differ";

/** Errors that a broker answers, by Kafka's own names. Any other is UNREACHABLE and retriable. */
const PROTOCOL: Readonly<Record<string, ErrorEntry>> = {
  UNKNOWN_TOPIC_OR_PARTITION: { code: 'NOT_FOUND', means: 'does not exist', remedy: 'create it, or correct source.topics' },
  UNKNOWN_TOPIC_ID: { code: 'NOT_FOUND', means: 'does not exist any more', remedy: 'create it, or correct source.topics' },
  INVALID_TOPIC_EXCEPTION: { code: 'CONFIG_INVALID', means: 'is not a name that a topic can have', remedy: 'correct source.topics' },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be read by this user',
    remedy: 'grant it READ and DESCRIBE on the topic, or correct source.sasl',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be used by this user',
    remedy: 'grant it access, or correct source.sasl',
  },
  REQUEST_TIMED_OUT: { code: 'TIMEOUT', retriable: true, means: 'was not answered in time', remedy: WAIT },
  THROTTLING_QUOTA_EXCEEDED: { code: 'THROTTLED', retriable: true, means: 'is over its quota', remedy: WAIT },
  CORRUPT_MESSAGE: {
    code: 'RECORD_REFUSED',
    means: "is damaged in its leader's log, so that the broker itself can't read it",
    remedy: 'let another replica lead the partition (kafka-leader-election, or reassign it), then the next run goes on',
  },
  KAFKA_STORAGE_ERROR: {
    code: 'UNREACHABLE',
    retriable: true,
    means: "can't be read from the disk of its leader now",
    remedy: 'check the disk of the broker, or let another replica lead the partition',
  },
  UNSUPPORTED_VERSION: { code: 'WRONG_KIND', means: 'is served by a broker of an unknown version', remedy: 'use Kafka 2.4 or newer' },
};

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

/** What a broker answered about `subject`, for instance `topic orders`. */
export function protocolError(name: string, subject: string): ConnectError {
  const entry = PROTOCOL[name];
  if (entry !== undefined) return errorFrom(entry, subject);
  return new ConnectError('UNREACHABLE', `${subject} can't be read now: ${name}`, { retriable: true, remedy: WAIT });
}

/** What went wrong with a connection or a request to the broker at `address`. The innermost cause that is known speaks. */
export function connectionError(error: unknown, address: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const chain = [...causes(error)].reverse();
  const own = chain.find((cause) => cause instanceof ConnectError);
  if (own !== undefined) return own;
  const [{ code, message } = { message: String(error) }] = chain;
  const unreachable: ErrorEntry = {
    code: 'UNREACHABLE',
    retriable: true,
    means: `can't be reached (${code?.startsWith('PLT_') ? message : (code ?? message)})`,
    remedy: REACH,
  };
  const entry = chain
    .map((cause) => entryOf(cause) ?? (cause.code === 'PLT_KFK_NETWORK' ? unreachable : undefined))
    .find((found) => found !== undefined);
  return errorFrom(entry ?? unreachable, `the Kafka broker at ${address}`, error);
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

function entryOf({ apiId, code = '', message }: Cause): ErrorEntry | undefined {
  if (apiId !== undefined) return CONNECTION[apiId] ?? PROTOCOL[apiId];
  if (message === 'Request timed out') return { code: 'TIMEOUT', retriable: true, means: 'did not answer in time', remedy: WAIT };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: TRUST };
  return CONNECTION[code];
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
