import { ConnectError, type ErrorCode } from '../api/index.ts';
import { NO_REGION } from './region.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly remedy?: string;
}

const UNREACHABLE: Meaning = {
  code: 'UNREACHABLE',
  retriable: true,
  remedy: 'check the endpoint, the region and the network between here and there',
};
const TIMEOUT: Meaning = { code: 'TIMEOUT', retriable: true, remedy: 'try again; if it stays, check the network between here and there' };
const THROTTLED: Meaning = { code: 'THROTTLED', retriable: true, remedy: 'try again later or with fewer tasks at a time' };
const FORBIDDEN: Meaning = { code: 'FORBIDDEN', retriable: false, remedy: 'allow this action in the IAM policy of the role in use' };
const AUTH_FAILED: Meaning = {
  code: 'AUTH_FAILED',
  retriable: false,
  remedy: 'set valid AWS credentials, e.g. AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};
/** Another server answers there, in words of its own. */
const ANOTHER_SERVER: Meaning = {
  code: 'WRONG_KIND',
  retriable: false,
  remedy: 'check the endpoint: what answers there is not this AWS service',
};
const NOT_FOUND: Meaning = { code: 'NOT_FOUND', retriable: false };

/** What AWS services and Node's sockets call their faults, by `name` or, for sockets, `code`. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  InternalServerError: UNREACHABLE,
  InternalServerException: UNREACHABLE,
  InternalFailure: UNREACHABLE,
  ServiceUnavailable: UNREACHABLE,
  ServiceException: UNREACHABLE,
  ETIMEDOUT: TIMEOUT,
  TimeoutError: TIMEOUT,
  AbortError: TIMEOUT,
  RequestTimeout: TIMEOUT,
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  TooManyRequestsException: THROTTLED,
  RequestThrottled: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  ProvisionedThroughputExceededException: THROTTLED,
  ServiceQuotaExceededException: { ...THROTTLED, retriable: false, remedy: 'ask AWS for a higher quota or use fewer tasks' },
  AccessDeniedException: FORBIDDEN,
  AccessDenied: FORBIDDEN,
  UnrecognizedClientException: AUTH_FAILED,
  InvalidClientTokenId: AUTH_FAILED,
  InvalidSignatureException: AUTH_FAILED,
  IncompleteSignature: AUTH_FAILED,
  MissingAuthenticationToken: AUTH_FAILED,
  ExpiredTokenException: AUTH_FAILED,
  CredentialsProviderError: AUTH_FAILED,
  'Region is missing': { code: 'CONFIG_INVALID', retriable: false, remedy: NO_REGION },
  SyntaxError: ANOTHER_SERVER,
  ERR_INVALID_URL: {
    code: 'CONFIG_INVALID',
    retriable: false,
    remedy: 'correct AWS_ENDPOINT_URL, or the variable of this service that begins so',
  },
  ResourceNotFoundException: NOT_FOUND,
  QueueDoesNotExist: NOT_FOUND,
  'AWS.SimpleQueueService.NonExistentQueue': NOT_FOUND,
};

export interface Subject {
  /** What was spoken to, with its name: `the DynamoDB table connect`. */
  readonly what: string;
  /** What to do where it doesn't exist. */
  readonly createIt: string;
}

/** An AWS client's fault in the project's words: one line that says what failed and what to do. */
export function awsError(error: unknown, { what, createIt }: Subject): ConnectError {
  if (error instanceof ConnectError) return error;
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  // The parser of Node's HTTP client has a code for each kind of what is no HTTP.
  const meaning = code.startsWith('HPE_') ? ANOTHER_SERVER : (MEANINGS[code] ?? MEANINGS[name] ?? MEANINGS[message]);
  if (meaning === NOT_FOUND) return new ConnectError('NOT_FOUND', `${what} does not exist`, { remedy: createIt, cause: error });
  const { code: word = 'INTERNAL', retriable = true, remedy } = meaning ?? {};
  const said = [name === 'Error' || message.includes(name) ? '' : name, message || code].filter((part) => part !== '').join(': ');
  return new ConnectError(word, `${what}: ${said}`, { retriable, cause: error, ...(remedy === undefined ? {} : { remedy }) });
}
