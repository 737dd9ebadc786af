import type { TaskStatus } from '../../src/runtime/planner-api.ts';
import { counted } from '../format/numbers.ts';
import { span, time } from '../format/times.ts';

/** So many numbers of tasks are named. */
const NAMED = 5;

export interface TaskTrouble {
  /** The same as long as the cause is, whatever the time. */
  readonly key: string;
  readonly text: string;
}

/** What is wrong with the tasks, each cause once with all tasks that have it. `now` is in ms since 1970. */
export function troublesOf(tasks: readonly TaskStatus[], now: number): TaskTrouble[] {
  return [...Map.groupBy(tasks, causeOf)]
    .filter(([cause]) => cause !== '')
    .map(([key, same]) => ({ key, text: `${who(same)} ${linesOf(same, now).join('\n')}` }));
}

/** Two tasks have the same cause where only times and counts differ. Empty: nothing is wrong. */
function causeOf(task: TaskStatus): string {
  const { failure, stalledSince } = task;
  if (failure !== undefined) return `${failure.fatal ? 'failed' : 'retrying'} ${failure.code}: ${failure.message}`;
  return [...standingLines(task), ...(stalledSince === undefined ? [] : ['stalled'])].join('\n');
}

function linesOf(tasks: readonly TaskStatus[], now: number): string[] {
  const failures = tasks.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  const many = tasks.length > 1;
  if (first !== undefined) {
    const most = Math.max(...failures.map(({ count }) => count));
    const times = most > 1 ? `, ${many ? 'up to ' : ''}${most} times in a row` : '';
    const next = first.fatal
      ? `${many ? 'wait' : 'waits'} until somebody resumes or restarts ${many ? 'them' : 'it'}`
      : `${many ? 'try again by themselves' : 'tries again by itself'}, not before ${time(Math.min(...failures.map(({ notBefore }) => notBefore)))}`;
    return [
      `failed${many ? ', the last one' : ''} at ${time(Math.max(...failures.map(({ at }) => at)))}${times}, and ${next}.`,
      `${first.code}: ${first.message}`,
    ];
  }
  const stalled = tasks.flatMap(({ stalledSince }) => stalledSince ?? []);
  return [
    ...tasks.slice(0, 1).flatMap(standingLines),
    ...(stalled.length === 0
      ? []
      : [`something is left to copy, and nothing was copied for ${many ? 'up to ' : ''}${span(now - Math.min(...stalled))}.`]),
  ];
}

function standingLines({ lastRun }: TaskStatus): string[] {
  const stopped = (lastRun?.stopped ?? []).map(
    ({ partition, code, message, remedy }) => `${partition} stands still: ${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
  const more = (lastRun?.stoppedPartitions ?? 0) - stopped.length;
  return [...stopped, ...(more > 0 ? [`${counted(more, 'more partition stands', 'more partitions stand')} still.`] : [])];
}

function who(tasks: readonly TaskStatus[]): string {
  const numbers = tasks.map(({ task }) => task);
  const more = numbers.length - NAMED;
  return `${numbers.length === 1 ? 'Task' : 'Tasks'} ${numbers.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}:`;
}
