import { ConnectError, type ErrorCode } from '../../api/index.ts';
import { awsError } from '../../aws/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly remedy: string;
}

const NOT_READY: Meaning = {
  code: 'WRONG_STATE',
  retriable: true,
  remedy: 'wait, or look at the state of the function in AWS: the task retries',
};
const THROTTLED: Meaning = {
  code: 'THROTTLED',
  retriable: true,
  remedy: "wait: the task retries; or raise the function's concurrency, or copy by fewer tasks",
};
const LOOP: Meaning = {
  code: 'WRONG_STATE',
  retriable: false,
  remedy: 'let the function write to another topic than the one that it gets: Lambda has stopped a loop',
};

/** What Lambda alone calls its faults. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ResourceConflictException: NOT_READY,
  ResourceNotReadyException: NOT_READY,
  SnapStartNotReadyException: NOT_READY,
  TooManyRequestsException: THROTTLED,
  EC2ThrottledException: THROTTLED,
  SnapStartTimeoutException: THROTTLED,
  RecursiveInvocationException: LOOP,
};
const TOO_LARGE = ['RequestTooLargeException', 'RequestEntityTooLargeException', 'SerializedRequestEntityTooLargeException'];

/** Says whether Lambda refuses an event for its size. */
export const isTooLarge = (error: unknown): boolean => TOO_LARGE.includes((error as Error).name);

/** What went wrong with an invocation that did not reach the function, or whose answer did not come. `arn`: what a policy has to name. */
export function invokeError(error: unknown, functionName: string, arn: string): ConnectError {
  const { name = '', message = '' } = error as { name?: string; message?: string };
  const what = `function ${functionName}`;
  const meaning = MEANINGS[name];
  if (meaning !== undefined) return new ConnectError(meaning.code, `${what}: ${message || name}`, { ...meaning, cause: error });
  const failure = awsError(error, { what, createIt: 'deploy the function, or correct sink.function and sink.region' });
  if (failure.code !== 'FORBIDDEN') return failure;
  const [Resource = arn] = /arn:[a-z-]+:lambda:[^\s,]+/.exec(message) ?? [];
  const statement = JSON.stringify({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource });
  return new ConnectError('FORBIDDEN', failure.message, {
    remedy: `deploy the connector file with the service, which gives its functions this right, or add it to the policy of the role in use: ${statement}`,
    cause: error,
  });
}
