import { number } from '../format/numbers.ts';
import { ago, time } from '../format/times.ts';
import { lagOf } from '../list/connector-table.tsx';
import { Facts } from '../parts/facts.tsx';
import type { TabProps } from './tab-content.tsx';
import { TaskTable } from './task-table.tsx';
import { TaskTroubles } from './task-troubles.tsx';
import { totalsOf } from './totals.ts';

/** How a connector is now. */
export function OverviewTab({ connector }: TabProps) {
  const { at, taskStatus, schedule, nextStart, generation } = connector;
  const { records, deadLetters, lastRecordAt, partitions, lag } = totalsOf(taskStatus);
  return (
    <>
      <TaskTroubles connector={connector} />
      <Facts
        facts={[
          ['Left to copy', lagOf(lag)],
          ['Last record', lastRecordAt === undefined ? 'none yet' : ago(at - lastRecordAt)],
          ['Copied so far', `${number(records)} records`],
          ['Dead letters', number(deadLetters)],
          ['Tasks, partitions', `${number(taskStatus.length)}, ${number(partitions)}`],
          ['Starts', schedule ?? 'by hand or by an event'],
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
