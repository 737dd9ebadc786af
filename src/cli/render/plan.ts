import type { PlanResult, TaskChange, TaskDiff } from '../../runtime/planner-api.ts';
import { styled } from '../terminal/output.ts';
import { dollars } from './cost.ts';
import { renderOptionChanges } from './option-changes.ts';

const MARKS = { create: ['+', 'green'], change: ['~', 'yellow'], delete: ['-', 'red'], keep: ['=', 'gray'] } as const;
const ORDER: readonly TaskChange[] = ['create', 'change', 'delete', 'keep'];
const NAMES_SHOWN = 6;

interface IdleMonth {
  readonly dollars: number;
  readonly region: string;
}

/**
 * Returns a plan for people: a line for each task that changes, and the number of tasks of each kind. `idleMonth` is what a month costs in
 * which there is nothing to copy, at the prices of that region.
 */
export function renderPlan(plan: PlanResult, all: boolean, idleMonth?: IdleMonth): string {
  const shown = plan.tasks.filter(({ change }) => all || change !== 'keep');
  const lines = shown.map((diff) => {
    const [mark, color] = MARKS[diff.change];
    return styled(color, `  ${mark} task ${diff.task}${details(diff, all)}`);
  });
  const counts = ORDER.map((change) => `${plan.tasks.filter((diff) => diff.change === change).length} ${change}`).join(', ');
  const moved = plan.moved === 1 ? '1 partition moves' : `${plan.moved} partitions move`;
  const head = `${plan.connector}: ${plan.changed ? counts : `nothing changes, ${counts}`}; ${moved}${schedules(plan)}`;
  return [head, ...renderOptionChanges(plan.options), ...lines, ...starts(plan), ...idle(idleMonth)].join('\n');
}

/** People do not expect a deployed connector that never starts. */
const starts = ({ connector, schedule, freshnessMs }: PlanResult): string[] =>
  schedule === undefined && freshnessMs === undefined
    ? [`  it has no trigger.schedule and no trigger.freshness: only \`rocketmq-connect run ${connector}\` or an event starts it`]
    : [];

const idle = (month: IdleMonth | undefined): string[] =>
  month === undefined
    ? []
    : [`  while there is nothing to copy, it costs ${dollars(month.dollars)} $ a month on AWS, at list prices of ${month.region}`];

function details({ change, partitions, gained, lost, configChanged }: TaskDiff, all: boolean): string {
  if (change === 'create' || change === 'keep') return `  ${names(partitions, '', all)}`;
  if (change === 'delete') return `  ${names(lost, '', all)}`;
  const parts = [names(gained, '+', all), names(lost, '-', all), configChanged ? 'options differ' : ''];
  return `  ${parts.filter((part) => part !== '').join('  ')}`;
}

function names(partitions: readonly string[], sign: string, all: boolean): string {
  const shown = all ? partitions : partitions.slice(0, NAMES_SHOWN);
  const rest = partitions.length - shown.length;
  return shown.map((name) => sign + name).join(' ') + (rest > 0 ? ` and ${rest} more` : '');
}

function schedules({ schedules: sync }: PlanResult): string {
  if (sync === undefined) return '';
  const parts = (['created', 'changed', 'deleted', 'kept'] as const)
    .filter((kind) => sync[kind] > 0)
    .map((kind) => `${sync[kind]} ${kind}`);
  return parts.length === 0 ? '' : `; schedules: ${parts.join(', ')}`;
}
