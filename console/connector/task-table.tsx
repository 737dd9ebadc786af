import type { ShownConnector } from '../../src/console/answers.ts';
import type { TaskStatus } from '../../src/runtime/planner-api.ts';
import { counted, number } from '../format/numbers.ts';
import { OUTCOMES, TASK_STATES } from '../format/states.ts';
import { ago, span } from '../format/times.ts';
import { lagOf } from '../list/connector-table.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Table } from '../parts/table.tsx';
import { Partitions } from './partitions.tsx';

export function TaskTable({ connector: { taskStatus, at } }: { readonly connector: ShownConnector }) {
  const tasks = taskStatus.toSorted((a, b) => a.task - b.task);
  return (
    <Table
      caption="Tasks"
      columns={[
        { label: 'Task', numeric: true },
        { label: 'State' },
        { label: 'Partitions and positions' },
        { label: 'Left to copy', numeric: true },
        { label: 'Last record', numeric: true },
        { label: 'Last run' },
        { label: 'Records', numeric: true },
      ]}
      rows={tasks.map((task) => ({
        key: String(task.task),
        cells: [
          task.task,
          <StateMark key="state" state={TASK_STATES[task.state]} />,
          <Partitions key="partitions" task={task} />,
          lagOf(task.lastRun ?? {}),
          task.lastRecordAt === undefined ? <span class="quiet">none yet</span> : ago(at - task.lastRecordAt),
          <LastRun key="run" task={task} at={at} />,
          number(task.counters.records),
        ],
      }))}
    />
  );
}

function LastRun({ task: { lastRun }, at }: { readonly task: TaskStatus; readonly at: number }) {
  if (lastRun === undefined) return <span class="quiet">never</span>;
  const { endedAt, startedAt, outcome, records, waitsFor, notices = [], endUnknown, skipped = [] } = lastRun;
  const waits = waitsFor === undefined ? '' : `: ${waitsFor}`;
  const notes = [...skipped.map(({ place, reason }) => `Passed over ${place}: ${reason}`), ...notices, ...(endUnknown ? [endUnknown] : [])];
  return (
    <>
      {ago(at - endedAt)}: {OUTCOMES[outcome] ?? outcome}
      {waits}, {counted(records, 'record')} in {span(endedAt - startedAt)}
      {notes.map((note) => (
        <span key={note} class="reason">
          {note}
        </span>
      ))}
    </>
  );
}
