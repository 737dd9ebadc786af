import type { RestartResult } from '../../runtime/planner-api.ts';
import { eachMatching } from '../shared/each-matching.ts';
import { ask } from '../terminal/failures.ts';

export const run = eachMatching('restart', async (connector, { planner, detached }, output, flags) => {
  const { task: tasks, onlyFailed } = flags as { readonly task?: readonly number[]; readonly onlyFailed?: boolean };
  const request = { action: 'restart', connector, ...(tasks && { tasks }), ...(onlyFailed && { onlyFailed }) } as const;
  const result = await ask<RestartResult>(planner, request);
  if (flags.json) return result;
  output.result(`${connector}: ${said(result.restarted, onlyFailed === true)}`);
  if (!detached && result.restarted.length > 0) output.note(`start it with \`rocketmq-connect run ${connector}\`, unless \`dev\` runs`);
  return result;
});

const said = (tasks: readonly number[], onlyFailed: boolean): string =>
  tasks.length === 0
    ? onlyFailed
      ? 'no task has failed'
      : 'there are no tasks'
    : `restarted task${tasks.length === 1 ? '' : 's'} ${tasks.join(', ')}`;
