import type { RestartResult } from '../../runtime/planner-api.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { withTarget } from '../target/target.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, async ({ planner, detached }) => {
    const { task: tasks, onlyFailed } = flags as { readonly task?: readonly number[]; readonly onlyFailed?: boolean };
    const results: RestartResult[] = [];
    const code = await eachConnector(await matchingNames(planner, names), output, async (connector) => {
      const request = { action: 'restart', connector, ...(tasks && { tasks }), ...(onlyFailed && { onlyFailed }) } as const;
      const result = await ask<RestartResult>(planner, request);
      results.push(result);
      if (flags.json) return;
      output.result(`${connector}: ${said(result.restarted, onlyFailed === true)}`);
      if (!detached && result.restarted.length > 0) output.note(`start it with \`rocketmq-connect run ${connector}\`, unless \`dev\` runs`);
    });
    if (flags.json) output.json(results);
    return code;
  });

const said = (tasks: readonly number[], onlyFailed: boolean): string =>
  tasks.length === 0
    ? onlyFailed
      ? 'no task has failed'
      : 'there are no tasks'
    : `restarted task${tasks.length === 1 ? '' : 's'} ${tasks.join(', ')}`;
