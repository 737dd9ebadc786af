import type { ConnectError } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import type { Failure } from '../../store/store.ts';

/**
 * Makes what a failed run leaves on its task: when it may run again, or that it waits for `resume`. A run that has `progressed` copied
 * something before it failed, so it starts a new row of failures.
 */
export function failureAfter(
  error: ConnectError,
  previous: Failure | undefined,
  progressed: boolean,
  policy: ErrorsSpec,
  now: number,
): Failure {
  const count = progressed ? 1 : (previous?.count ?? 0) + 1;
  const backoff = Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** (count - 1));
  // Half fixed, half random: tasks that failed together must not return together.
  const wait = Math.round(backoff / 2 + (Math.random() * backoff) / 2);
  const fatal = !error.retriable || count >= policy.maxFailures;
  return { code: error.code, message: describe(error), count, at: now, notBefore: fatal ? 0 : now + wait, fatal };
}

const describe = (error: ConnectError): string =>
  (error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}`).slice(0, 1_000);
