import type { Planner, RunResult, StatusResult } from '../../runtime/planner-api.ts';
import { EXIT } from '../exit-code.ts';
import { ask } from '../failures.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import type { CommandRun } from '../program.ts';
import { renderProgress, renderTotals } from '../render/run.ts';
import { endedWell, type TaskTotals } from '../run-totals.ts';
import { withTarget } from '../target.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async (target) => {
    const before = await ask<StatusResult>(target.planner, { action: 'status', connector });
    const only = flags.task as readonly number[] | undefined;
    // Where tasks run in this process, the planner only says whether they may.
    const request = { action: 'run', connector, ...(only === undefined ? {} : { tasks: only }) } as const;
    const { started } = await ask<RunResult>(target.planner, request);
    const tasks = only ?? Array.from({ length: started }, (_, task) => task);
    const once = flags.untilCaughtUp !== true;
    if (target.detached && once) {
      if (flags.json) output.json({ connector, tasks });
      else output.result(`${connector}: ${tasks.length} tasks started; see \`status ${connector} --watch\``);
      return EXIT.ok;
    }
    const { signal, done } = onInterrupt(output);
    const onProgress = (progress: Parameters<typeof renderProgress>[1]) => output.progress(renderProgress(connector, progress));
    const totals = await target.runTasks({ connector, tasks, before, once, signal, onProgress });
    done();
    if (flags.json) output.json(totals);
    else output.result(totals.length === 0 ? `${connector}: no tasks, there is nothing to copy` : renderTotals(totals));
    for (const row of totals) explainWords(row, output);
    const failed = totals.filter((row) => !endedWell(row) && row.outcome !== 'interrupted');
    const whole = failed.filter(({ outcome }) => outcome !== 'caught-up' && outcome !== 'quiet' && outcome !== 'ran');
    if (whole.length > 0) await explain(connector, whole, target.planner, output);
    return failed.length > 0 ? EXIT.failure : signal.aborted ? EXIT.interrupted : EXIT.ok;
  });

/** What the last run of a task says besides numbers. */
function explainWords(
  { connector, task, stopped = [], stoppedPartitions, skipped = [], notices = [], endUnknown }: TaskTotals,
  output: Output,
) {
  const about = `${connector} task ${task}`;
  for (const notice of notices) output.note(`${about}: ${notice}`);
  if (endUnknown !== undefined) output.note(`${about}: ${endUnknown}`);
  for (const { place, reason } of skipped) output.note(`${about}: passed over ${place}, as you said: ${reason}`);
  for (const { partition, code, message, remedy } of stopped) {
    output.problem(`${code}: ${about}: partition ${partition} stands still: ${message}${remedy === undefined ? '' : `; ${remedy}`}`);
  }
  if (stoppedPartitions !== undefined) output.problem(`${about}: ${stoppedPartitions} partitions stand still in all`);
}

/** Why tasks failed, with the remedy that is kept on them. */
async function explain(connector: string, failed: readonly TaskTotals[], planner: Planner, output: Output): Promise<void> {
  const { taskStatus } = await ask<StatusResult>(planner, { action: 'status', connector });
  for (const { task, outcome, error } of failed) {
    const { code, message, fatal } = taskStatus.find((status) => status.task === task)?.failure ?? {};
    const why = message ?? error?.message ?? outcome;
    output.problem(
      `${code ?? error?.code ?? 'INTERNAL'}: ${connector} task ${task}: ${why}${fatal ? `; then \`resume ${connector}\`` : ''}`,
    );
  }
}
