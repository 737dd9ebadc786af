import type { HistoryEntry } from '../../runtime/planner-api.ts';
import { number } from './numbers.ts';
import { renderOptionChanges } from './option-changes.ts';
import { renderTable } from './table.ts';

/** Returns a row for each change: when, what, by whom, and what differs. */
export function renderHistory(changes: readonly HistoryEntry[]): string {
  const rows = changes.map((change) => [
    new Date(change.at).toISOString(),
    change.action,
    who(change),
    String(change.generation),
    [...outcome(change), ...details(change)].join('\n'),
  ]);
  return renderTable(['time', 'action', 'by', 'generation', 'what'], rows);
}

function who({ actor: { name, claimed, request } }: HistoryEntry): string {
  const said = name === undefined ? 'not known: an event or a schedule' : claimed ? `${name} (as it says)` : name;
  return request === undefined ? said : `${said}\nrequest ${request}`;
}

function outcome({ state, error, inForce }: HistoryEntry): string[] {
  if (state === 'done') return [];
  if (state === 'begun') return ['not finished: the planner is still at work on it, or it died; the change may be in force'];
  const failed = `failed: ${error?.code}: ${error?.message}`;
  return [inForce === true ? `${failed}; its plan is in force` : failed];
}

function details({ details: all }: HistoryEntry): string[] {
  const { options = [], plan, gained, lost, desired, altered, restarted, skipped, tables, letters, backTo } = all;
  return [
    ...(backTo === undefined ? [] : [`back to generation ${backTo}`]),
    ...(desired === undefined ? [] : [`${desired.before} -> ${desired.after}`]),
    ...renderOptionChanges(options).map((line) => line.trim()),
    ...(plan === undefined ? [] : [`tasks: ${plan.created} create, ${plan.changed} change, ${plan.deleted} delete`]),
    ...(plan === undefined || plan.moved === 0 ? [] : [`${plan.moved} partition${plan.moved === 1 ? '' : 's'} moved`]),
    ...(gained === undefined ? [] : [`came: ${listed(gained)}`]),
    ...(lost === undefined ? [] : [`went: ${listed(lost)}`]),
    ...(tables === undefined ? [] : [`tables: ${tables.join(', ')}`]),
    ...(altered === undefined
      ? []
      : [
          ...altered.first.map(({ partition, before = 'never read', after = 'starts over' }) => `${partition}: ${before} -> ${after}`),
          ...more(altered),
        ]),
    ...(restarted === undefined ? [] : [`restarted task${restarted.count === 1 ? '' : 's'} ${listed(restarted)}`]),
    ...(skipped === undefined ? [] : [`skipped ${skipped.place}: ${skipped.reason}`]),
    ...(letters === undefined ? [] : [`${number(letters)} dead letter${letters === 1 ? '' : 's'}`]),
  ];
}

interface Counted<T> {
  readonly count: number;
  readonly first: readonly T[];
}

const more = ({ count, first }: Counted<unknown>): string[] => (count > first.length ? [`and ${number(count - first.length)} more`] : []);

const listed = (all: Counted<string | number>): string => [all.first.join(', '), ...more(all)].join(' ');
