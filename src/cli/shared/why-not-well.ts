import { ConnectError, type ErrorCode } from '../../api/index.ts';
import type { ErrorReport } from '../../runtime/planner-api.ts';
import type { Failure } from '../../store/store.ts';
import { duration } from '../render/numbers.ts';
import type { TaskTotals } from '../target/run-totals.ts';

export interface Situation {
  /** True if tasks run elsewhere, where a queue starts them again. */
  readonly detached: boolean;
  readonly now: number;
}

/** Returns why a task's run did not end well, and what happens next. `failure` is the one that the task's item holds now. */
export function whyNotWell(row: TaskTotals, failure: Failure | undefined, { detached, now }: Situation): ConnectError {
  const { connector, task, outcome, error } = row;
  const errorOf = (code: ErrorCode, words: string, remedy: string) =>
    new ConnectError(code, `${connector} task ${task}: ${words}`, { retriable: failure?.fatal === false, remedy });
  const code = (failure?.code ?? error?.code ?? 'INTERNAL') as ErrorCode;
  const message = failure?.message ?? error?.message ?? `the run ended as ${outcome}`;
  const resume = `do that, then run \`rocketmq-connect resume ${connector}\``;
  const again = `run \`rocketmq-connect run ${connector}\``;
  switch (outcome) {
    case 'paused':
      return errorOf('WRONG_STATE', 'was paused or stopped', `run \`rocketmq-connect resume ${connector}\` to go on`);
    case 'absent':
      return errorOf(
        'NOT_FOUND',
        'does not exist: the connector was deleted, or planned with fewer tasks',
        `see \`rocketmq-connect status ${connector}\``,
      );
    case 'failed-before':
      return failure === undefined
        ? errorOf('WRONG_STATE', 'did not run: it had failed and has changed since', again)
        : errorOf(code, `did not run: it failed ${duration(now - failure.at)} ago and waits for \`resume\`: ${message}`, resume);
    case 'not-before':
      return errorOf(code, `did not run: ${message}`, `${again}, which tries at once`);
    default:
      if (failure === undefined) return errorOf(code, message, `see \`rocketmq-connect runs ${connector}\``);
      return errorOf(code, message, failure.fatal ? resume : whenAgain(connector, failure, detached, now));
  }
}

function whenAgain(connector: string, { notBefore }: Failure, detached: boolean, now: number): string {
  if (notBefore <= now) {
    const again = `to try again, run \`rocketmq-connect run ${connector}\``;
    return detached ? `${again}; it also tries again by itself` : again;
  }
  const wait = duration(notBefore - now);
  const atOnce = `to try again at once, run \`rocketmq-connect run ${connector}\``;
  return detached ? `${atOnce}; it tries again by itself in ${wait}` : `${atOnce}; schedules and \`dev\` wait ${wait} more`;
}

/** Returns what `--json` prints if a person ended the run. */
export const interrupted = (connector: string, detached: boolean): ErrorReport => ({
  code: 'INTERRUPTED',
  message: detached ? 'the tasks keep running, and nobody watches them any more' : 'a person ended the run; what it sent is durable',
  retriable: true,
  remedy: detached ? `see \`rocketmq-connect status ${connector}\`` : `to continue, run \`rocketmq-connect run ${connector}\``,
});
