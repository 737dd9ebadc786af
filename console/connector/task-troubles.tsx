import type { ShownConnector } from '../../src/console/answers.ts';
import type { TaskStatus } from '../../src/runtime/planner-api.ts';
import { counted } from '../format/numbers.ts';
import { span, time } from '../format/times.ts';
import { Trouble } from '../parts/trouble.tsx';

const SHOWN = 5;

/** What is wrong with the tasks, each in full with its remedy. */
export function TaskTroubles({ connector }: { readonly connector: ShownConnector }) {
  const { taskStatus, reason, at } = connector;
  const troubled = taskStatus.filter((task) => linesOf(task, at).length > 0);
  if (troubled.length === 0) return reason === undefined ? null : <Trouble text={reason} />;
  return (
    <section aria-label="What is wrong">
      {troubled.slice(0, SHOWN).map((task) => (
        <Trouble key={task.task} text={linesOf(task, at).join('\n')} />
      ))}
      {troubled.length > SHOWN && (
        <p class="quiet">{counted(troubled.length - SHOWN, 'more task has', 'more tasks have')} failed. The table below has them.</p>
      )}
    </section>
  );
}

function linesOf({ task, failure, lastRun, stalledSince }: TaskStatus, now: number): string[] {
  if (failure !== undefined) {
    const { code, message, count, at, notBefore, fatal } = failure;
    const next = fatal ? 'It waits until somebody resumes or restarts it.' : `It tries again by itself, not before ${time(notBefore)}.`;
    const times = count > 1 ? `, ${count} times in a row` : '';
    return [`Task ${task} failed at ${time(at)}${times}. ${next}`, `${code}: ${message}`];
  }
  const stopped = (lastRun?.stopped ?? []).map(
    ({ partition, code, message, remedy }) =>
      `Task ${task}: ${partition} stands still: ${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
  const more = (lastRun?.stoppedPartitions ?? 0) - stopped.length;
  return [
    ...stopped,
    ...(more > 0 ? [`Task ${task}: ${counted(more, 'more partition stands', 'more partitions stand')} still.`] : []),
    ...(stalledSince === undefined ? [] : [`Task ${task} has something to copy, and has copied nothing for ${span(now - stalledSince)}.`]),
  ];
}
