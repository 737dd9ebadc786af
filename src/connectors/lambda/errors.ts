import { ConnectError } from '../../api/index.ts';
import { awsError } from '../../aws/errors.ts';

/** Lambda has the event and does not take it: it is larger than it may be. */
const TOO_LARGE = ['RequestTooLargeException', 'RequestEntityTooLargeException', 'SerializedRequestEntityTooLargeException'];
/** What of the function is not ready yet, or not any more. */
const NOT_READY = ['ResourceConflictException', 'ResourceNotReadyException', 'SnapStartNotReadyException'];
const THROTTLED = ['EC2ThrottledException', 'SnapStartTimeoutException'];

export const isTooLarge = (error: unknown): boolean => TOO_LARGE.includes((error as Error).name);

/** What went wrong with an invocation that did not reach the function, or whose answer did not come. `arn`: what a policy has to name. */
export function invokeError(error: unknown, functionName: string, arn: string): ConnectError {
  const { name = '', message = '' } = error as { name?: string; message?: string };
  const what = `function ${functionName}`;
  if (NOT_READY.includes(name)) {
    return new ConnectError('WRONG_STATE', `${what}: ${message || name}`, {
      retriable: true,
      remedy: 'wait, or look at the state of the function in AWS: the task retries',
      cause: error,
    });
  }
  if (THROTTLED.includes(name)) {
    return new ConnectError('THROTTLED', `${what}: ${message || name}`, {
      retriable: true,
      remedy: 'wait: the task retries',
      cause: error,
    });
  }
  if (name === 'RecursiveInvocationException') {
    return new ConnectError('WRONG_STATE', `${what}: Lambda has stopped a loop: it writes what it is invoked with`, {
      remedy: 'let the function write to another topic than the one that it gets',
      cause: error,
    });
  }
  const meant = awsError(error, { what, createIt: 'deploy the function, or correct sink.function and sink.region' });
  const remedy = meant.code === 'THROTTLED' ? "wait: the task retries; or raise the function's concurrency" : meant.remedy;
  if (meant.code !== 'FORBIDDEN') {
    return new ConnectError(meant.code, meant.message, {
      retriable: meant.retriable,
      cause: error,
      ...(remedy !== undefined && { remedy }),
    });
  }
  const [denied = arn] = /arn:[a-z-]+:lambda:[^\s,]+/.exec(message) ?? [];
  const statement = JSON.stringify({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: denied });
  return new ConnectError('FORBIDDEN', meant.message, {
    remedy: `deploy the connector file with the service, which gives its functions this right, or add it to the policy of the role in use: ${statement}`,
    cause: error,
  });
}
