import type { RunResult, StatusResult } from '../../runtime/planner-api.ts';
import { renderProgress, renderTotals } from '../render/run.ts';
import { endedWell, type RunProgress, type TaskTotals } from '../target/run-totals.ts';
import type { Target } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask, reportFailure } from '../terminal/failures.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import type { Output } from '../terminal/output.ts';
import type { Flags } from './options.ts';
import { reportNotices } from './report-notices.ts';
import { interrupted, whyNotWell } from './why-not-well.ts';

export interface RunRequest {
  /** The tasks to run. By default all of them run. */
  readonly tasks?: readonly number[] | undefined;
  /** True for one invocation of each task. False to run each task until it has caught up or failed. */
  readonly once: boolean;
}

export interface RunAnswer {
  readonly code: number;
  /** The result that `--json` prints. */
  readonly result: unknown;
}

/** Runs the tasks of a connector by hand and reports how each of them ended. Tasks that wait after a failure try at once. */
export async function runConnector(
  target: Target,
  connector: string,
  { tasks: only, once }: RunRequest,
  flags: Flags,
  output: Output,
): Promise<RunAnswer> {
  const { planner, detached } = target;
  const before = await ask<StatusResult>(planner, { action: 'status', connector });
  // If tasks run in this process, the planner only says whether they may run.
  const request = { action: 'run', connector, byHand: true, ...(only !== undefined && { tasks: only }) } as const;
  const { started } = await ask<RunResult>(planner, request);
  const tasks = only ?? Array.from({ length: started }, (_, task) => task);
  if (detached && once) {
    if (!flags.json) output.result(`${connector}: ${tasks.length} tasks started; see \`status ${connector} --watch\``);
    return { code: EXIT.ok, result: { connector, tasks } };
  }
  const words = detached ? 'no longer watching; the tasks keep running' : undefined;
  const { signal, done } = onInterrupt(output, words);
  const onProgress = (progress: RunProgress) => output.progress(renderProgress(connector, progress));
  const onNote = (text: string) => output.note(`${connector}: ${text}`);
  const totals = await target.runTasks({ connector, tasks, before, once, signal, onProgress, onNote }).finally(done);
  if (!flags.json) {
    output.result(totals.length === 0 ? `${connector}: there are no tasks, because there is nothing to copy` : renderTotals(totals));
  }
  for (const row of totals) reportNotices(row, output);
  const failed = totals.filter((row) => !endedWell(row) && row.outcome !== 'interrupted');
  // A task that ended well, except for stopped partitions, has already reported the reason.
  const whole = failed.filter(({ outcome }) => outcome !== 'caught-up' && outcome !== 'quiet' && outcome !== 'ran');
  if (whole.length > 0) await explain(connector, whole, target, output);
  else if (failed.length > 0) return { code: EXIT.failure, result: totals };
  else if (signal.aborted) output.failed({ ...interrupted(connector, detached), connector });
  return { code: failed.length > 0 ? EXIT.failure : signal.aborted ? EXIT.interrupted : EXIT.ok, result: totals };
}

/** Reports why tasks failed, with the remedies that the table has for them. */
async function explain(connector: string, failed: readonly TaskTotals[], { planner, detached }: Target, output: Output): Promise<void> {
  const status = await ask<StatusResult>(planner, { action: 'status', connector }).catch(() => undefined);
  for (const row of failed) {
    const failure = status?.taskStatus.find(({ task }) => task === row.task)?.failure;
    reportFailure(whyNotWell(row, failure, { detached, now: Date.now() }), output, { connector, task: row.task });
  }
}
