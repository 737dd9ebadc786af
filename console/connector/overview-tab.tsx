import { totalsOf } from '../../src/console/totals.ts';
import { number } from '../format/numbers.ts';
import { startsText } from '../format/starts.ts';
import { ago, span, time } from '../format/times.ts';
import { lagOf } from '../list/connector-table.tsx';
import { Facts } from '../parts/facts.tsx';
import type { TabProps } from './tab-content.tsx';
import { TaskTable } from './task-table.tsx';
import { TaskTroubles } from './task-troubles.tsx';

/** How a connector is now. */
export function OverviewTab({ connector }: TabProps) {
  const { at, taskStatus, nextStart, generation, ageMs, targetMs } = connector;
  const { records, lastRecordAt, ...lag } = totalsOf(taskStatus);
  const deadLetters = taskStatus.reduce((sum, { counters }) => sum + counters.deadLetters, 0);
  const partitions = taskStatus.reduce((sum, task) => sum + task.partitions.length, 0);
  return (
    <>
      <TaskTroubles connector={connector} />
      <Facts
        facts={[
          ['Left to copy', lagOf(lag)],
          ['Last record', lastRecordAt === undefined ? 'none yet' : ago(at - lastRecordAt)],
          ...(ageMs === undefined || targetMs === undefined
            ? []
            : [['Age', `${span(ageMs)} (should be at most ${span(targetMs)})`] as const]),
          ['Copied so far', `${number(records)} records`],
          ['Dead letters', number(deadLetters)],
          ['Tasks, partitions', `${number(taskStatus.length)}, ${number(partitions)}`],
          ['Starts', startsText(connector) ?? 'by hand or by an event'],
          ...(nextStart === undefined ? [] : [['Next start', time(nextStart)] as const]),
          ['Plan', `number ${generation}`],
        ]}
      />
      <h2>Tasks</h2>
      {taskStatus.length === 0 ? (
        <p class="quiet">There are no tasks, because there is nothing to copy.</p>
      ) : (
        <TaskTable connector={connector} />
      )}
    </>
  );
}
