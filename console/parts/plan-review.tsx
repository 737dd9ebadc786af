import type { Planned } from '../../src/console/answers.ts';
import type { PlanResult, TaskDiff } from '../../src/runtime/planner-api.ts';
import { counted, dollars } from '../format/numbers.ts';
import { startsText } from '../format/starts.ts';
import { textOf } from '../format/values.ts';
import { useAbout } from './about-context.ts';
import { ProblemList } from './problem-list.tsx';
import { Table } from './table.tsx';

const SHOWN = 6;
const CHANGES = { create: 'new', change: 'changed', delete: 'removed', keep: 'as it is' } as const;

type Accepted = Extract<Planned, { readonly ok: true }>;

/** What a plan would change: options, tasks, partitions. */
export function PlanReview({ planned: { plan, idleMonth } }: { readonly planned: Accepted }) {
  const region = useAbout()?.region;
  const tasks = plan.tasks.filter(({ change }) => change !== 'keep');
  return (
    <div class="plan">
      {!plan.changed && <p>Nothing changes: this is in force already.</p>}
      <ProblemList problems={plan.warnings} />
      {plan.options.length > 0 && <Options options={plan.options} />}
      {tasks.length > 0 && (
        <Table
          caption="Tasks that change"
          columns={[{ label: 'Task', numeric: true }, { label: 'Change' }, { label: 'Partitions' }]}
          rows={tasks.map((task) => ({ key: String(task.task), cells: [task.task, CHANGES[task.change], partitionsOf(task)] }))}
        />
      )}
      <p class="quiet">
        {summary(plan)}
        {idleMonth &&
          ` While there is nothing to copy, it costs ${dollars(idleMonth.dollars)} a month on AWS, at list prices of ${region}.`}
      </p>
    </div>
  );
}

function Options({ options }: { readonly options: PlanResult['options'] }) {
  return (
    <Table
      caption="Options that change"
      columns={[{ label: 'Option' }, { label: 'Before' }, { label: 'After' }]}
      rows={options.map(({ option, before, after, effect }) => ({
        key: option,
        cells: [
          <code key="option">{option}</code>,
          <del key="before">{textOf(before)}</del>,
          <span key="after">
            <ins>{textOf(after)}</ins>
            {effect && <span class="reason">{effect}</span>}
          </span>,
        ],
      }))}
    />
  );
}

function partitionsOf({ change, partitions, gained, lost, configChanged }: TaskDiff): string {
  if (change === 'create') return listed(partitions);
  if (change === 'delete') return listed(lost);
  const parts = [...gained.map((name) => `+ ${name}`), ...lost.map((name) => `− ${name}`)];
  return [...(parts.length > 0 ? [listed(parts)] : []), ...(configChanged ? ['its options differ'] : [])].join('; ');
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;

function summary(plan: PlanResult): string {
  const { tasks, moved } = plan;
  const by = startsText(plan);
  const count = tasks.filter(({ change }) => change !== 'delete').length;
  const starts = by === undefined ? 'Only people and events start it.' : `It starts: ${by}.`;
  return `${counted(count, 'task')}; ${counted(moved, 'partition moves', 'partitions move')} between tasks. ${starts}`;
}
