import { ConnectError, type ErrorCode } from '../../api/index.ts';
import type { ErrorReport } from '../../runtime/planner-api.ts';
import type { Failure } from '../../store/store.ts';
import { duration } from '../render/numbers.ts';
import type { TaskTotals } from '../target/run-totals.ts';

export interface Situation {
  /** Tasks run elsewhere, where a queue starts them again. */
  readonly detached: boolean;
  readonly now: number;
}

/** Why a task's run did not end well, and what happens next. `failure`: the one that the task's item holds now. */
export function whyNotWell(row: TaskTotals, failure: Failure | undefined, { detached, now }: Situation): ConnectError {
  const { connector, task, outcome, error } = row;
  const told = (code: ErrorCode, words: string, remedy: string) =>
    new ConnectError(code, `${connector} task ${task}: ${words}`, { retriable: failure?.fatal === false, remedy });
  const code = (failure?.code ?? error?.code ?? 'INTERNAL') as ErrorCode;
  const message = failure?.message ?? error?.message ?? `the run ended as ${outcome}`;
  const resume = `do that, then run \`rocketmq-connect resume ${connector}\``;
  const again = `run \`rocketmq-connect run ${connector}\``;
  switch (outcome) {
    case 'paused':
      return told('WRONG_STATE', 'was paused', `end the pause by \`rocketmq-connect resume ${connector}\``);
    case 'absent':
      return told(
        'NOT_FOUND',
        'is not there: the connector was deleted, or planned with fewer tasks',
        `see \`rocketmq-connect status ${connector}\``,
      );
    case 'failed-before':
      return failure === undefined
        ? told('WRONG_STATE', 'did not run: it had failed, and was changed since', again)
        : told(code, `did not run: it failed ${duration(now - failure.at)} ago and waits for \`resume\`: ${message}`, resume);
    case 'not-before':
      return told(code, `did not run: ${message}`, `${again}, which tries at once`);
    default:
      if (failure === undefined) return told(code, message, `see \`rocketmq-connect runs ${connector}\``);
      return told(code, message, failure.fatal ? resume : whenAgain(connector, failure, detached, now));
  }
}

function whenAgain(connector: string, { notBefore }: Failure, detached: boolean, now: number): string {
  const wait = duration(Math.max(0, notBefore - now));
  const atOnce = `to try again at once, run \`rocketmq-connect run ${connector}\``;
  return detached ? `${atOnce}; it tries again by itself in ${wait}` : `${atOnce}; schedules and \`dev\` wait ${wait} more`;
}

/** What `--json` says where a person ended the run. */
export const interrupted = (connector: string, detached: boolean): ErrorReport => ({
  code: 'INTERRUPTED',
  message: detached ? 'no longer watched: the tasks run on' : 'the run was ended by hand; what it sent is durable',
  retriable: true,
  remedy: detached ? `see \`rocketmq-connect status ${connector}\`` : `to go on, run \`rocketmq-connect run ${connector}\``,
});
