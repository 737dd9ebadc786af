import type { ShownConnector } from '../../src/console/answers.ts';
import type { TaskStatus } from '../../src/runtime/planner-api.ts';
import { counted } from '../format/numbers.ts';
import { span, time } from '../format/times.ts';
import { Trouble } from '../parts/trouble.tsx';

const SHOWN = 5;

/** What is wrong with the tasks, each in full with its remedy. What is wrong with several tasks stands there once. */
export function TaskTroubles({ connector }: { readonly connector: ShownConnector }) {
  const { taskStatus, reason, at } = connector;
  const troubles = [...Map.groupBy(taskStatus, (task) => linesOf(task, at).join('\n'))].filter(([text]) => text !== '');
  if (troubles.length === 0) return reason === undefined ? null : <Trouble text={reason} />;
  return (
    <section aria-label="What is wrong">
      {troubles.slice(0, SHOWN).map(([text, tasks]) => (
        <Trouble key={text} text={`${who(tasks)} ${text}`} />
      ))}
      {troubles.length > SHOWN && <p class="quiet">{counted(troubles.length - SHOWN, 'more problem')}: the table below has them.</p>}
    </section>
  );
}

function who(tasks: readonly TaskStatus[]): string {
  const numbers = tasks.map(({ task }) => task);
  const more = numbers.length - SHOWN;
  return `${numbers.length === 1 ? 'Task' : 'Tasks'} ${numbers.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}:`;
}

function linesOf({ failure, lastRun, stalledSince }: TaskStatus, now: number): string[] {
  if (failure !== undefined) {
    const { code, message, count, at, notBefore, fatal } = failure;
    const next = fatal ? 'waits until somebody resumes or restarts it' : `tries again by itself, not before ${time(notBefore)}`;
    const times = count > 1 ? `, ${count} times in a row` : '';
    return [`failed at ${time(at)}${times}, and ${next}.`, `${code}: ${message}`];
  }
  const stopped = (lastRun?.stopped ?? []).map(
    ({ partition, code, message, remedy }) => `${partition} stands still: ${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
  const more = (lastRun?.stoppedPartitions ?? 0) - stopped.length;
  return [
    ...stopped,
    ...(more > 0 ? [`${counted(more, 'more partition stands', 'more partitions stand')} still.`] : []),
    ...(stalledSince === undefined ? [] : [`something is left to copy, and nothing was copied for ${span(now - stalledSince)}.`]),
  ];
}
