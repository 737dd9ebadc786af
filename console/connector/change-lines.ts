import type { HistoryEntry } from '../../src/runtime/planner-api.ts';
import { counted } from '../format/numbers.ts';
import { textOf } from '../format/values.ts';

/** What a change of a connector did, a sentence for each part. */
export function changeLines({ state, error, inForce, details }: HistoryEntry): string[] {
  const { options = [], plan, gained, lost, desired, altered, restarted, skipped, tables, letters, backTo } = details;
  return [
    ...(state === 'begun' ? ['not finished: the planner is still at work on it, or it died'] : []),
    ...(state === 'failed' ? [`failed: ${error?.code}: ${error?.message}${inForce ? '; its plan is in force' : ''}`] : []),
    ...(backTo === undefined ? [] : [`back to plan ${backTo}`]),
    ...(desired === undefined ? [] : [`${desired.before.toLowerCase()} → ${desired.after.toLowerCase()}`]),
    ...options.map(({ option, before, after }) => `${option}: ${textOf(before)} → ${textOf(after)}`),
    ...(plan === undefined ? [] : planLine(plan)),
    ...(gained === undefined ? [] : [`partitions that came: ${listed(gained)}`]),
    ...(lost === undefined ? [] : [`partitions that went: ${listed(lost)}`]),
    ...(tables === undefined || tables.length === 0 ? [] : [`copied once more: ${tables.join(', ')}`]),
    ...(altered === undefined
      ? []
      : altered.first.map(({ partition, before, after }) => `${partition}: ${before ?? 'never read'} → ${after ?? 'start over'}`)),
    ...(altered === undefined || altered.count <= altered.first.length
      ? []
      : [`and ${counted(altered.count - altered.first.length, 'more partition')}`]),
    ...(restarted === undefined ? [] : [`${restarted.count === 1 ? 'task' : 'tasks'} started anew: ${listed(restarted)}`]),
    ...(skipped === undefined ? [] : [`passed over ${skipped.place}: ${skipped.reason}`]),
    ...(letters === undefined ? [] : [counted(letters, 'dead letter')]),
  ];
}

function planLine({ created, changed, deleted, moved }: NonNullable<HistoryEntry['details']['plan']>): string[] {
  const parts = [
    ...(created > 0 ? [`${created} new`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(deleted > 0 ? [`${deleted} removed`] : []),
  ];
  return [
    ...(parts.length > 0 ? [`tasks: ${parts.join(', ')}`] : []),
    ...(moved > 0 ? [counted(moved, 'partition moved', 'partitions moved')] : []),
  ];
}

const listed = ({ count, first }: { readonly count: number; readonly first: readonly (string | number)[] }): string =>
  `${first.join(', ')}${count > first.length ? ` and ${count - first.length} more` : ''}`;
