import type { PlanResult, StatusResult, TaskDiff } from '../../../src/runtime/planner-api.ts';

/** What a plan does, for people: a line per connector, and one per task that changes. */
export function planText({ connector, generation, tasks, moved, changed, schedules, warnings }: PlanResult): string {
  const head = changed
    ? `${connector}: generation ${generation}, ${tasks.filter((task) => task.change !== 'delete').length} tasks, ${moved} partitions moved`
    : `${connector}: nothing to change`;
  const lines = tasks.filter((task) => task.change !== 'keep').map(taskLine);
  const standing =
    schedules === undefined
      ? []
      : [`  schedules: ${schedules.created} created, ${schedules.changed} changed, ${schedules.deleted} deleted, ${schedules.kept} kept`];
  const notes = warnings.map((warning) => `  warning: ${warning.option}: ${warning.message}; ${warning.remedy}`);
  return [head, ...lines, ...standing, ...notes].join('\n');
}

function taskLine({ task, change, partitions, gained, lost }: TaskDiff): string {
  const differences = change === 'change' ? ` (+${gained.length} -${lost.length})` : '';
  return `  ${change} task ${task}: ${partitions.length} partitions${differences}`;
}

export function statusText({ name, desired, generation, tasks, schedule, taskStatus }: StatusResult): string {
  const states = Object.entries(Object.groupBy(taskStatus, ({ state }) => state)).map(([state, of]) => `${of.length} ${state}`);
  const failures = taskStatus.flatMap(({ task, failure }) =>
    failure === undefined ? [] : [`  task ${task}: ${failure.code}: ${failure.message}`],
  );
  return [
    `${name}: ${desired}, generation ${generation}, ${tasks} tasks (${states.join(', ')}), ${schedule ?? 'by events'}`,
    ...failures,
  ].join('\n');
}
