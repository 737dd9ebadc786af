import type { ChangeDetails, Names } from '../../store/store.ts';
import type { PlanResult, TaskChange } from '../planner-api.ts';

/** An item of the table holds 400 KB. */
const NAMES_KEPT = 20;

/** Returns how many there are, and the first of them. */
export const counted = <T>(all: readonly T[]): { readonly count: number; readonly first: readonly T[] } => ({
  count: all.length,
  first: all.slice(0, NAMES_KEPT),
});

/** Returns what a plan does, in the size that a history takes. Partitions that only change their task are counted as moved. */
export function planDetails({ options, tasks, moved }: PlanResult): ChangeDetails {
  const count = (change: TaskChange) => tasks.filter((task) => task.change === change).length;
  const all = (side: 'gained' | 'lost') => new Set(tasks.flatMap((task) => task[side]));
  const [gained, lost] = [all('gained'), all('lost')];
  const only = (names: ReadonlySet<string>, others: ReadonlySet<string>): Names => counted([...names].filter((name) => !others.has(name)));
  const [came, went] = [only(gained, lost), only(lost, gained)];
  return {
    ...(options.length > 0 && { options: options.map(({ option, before, after }) => ({ option, before, after })) }),
    plan: { created: count('create'), changed: count('change'), deleted: count('delete'), moved },
    ...(came.count > 0 && { gained: came }),
    ...(went.count > 0 && { lost: went }),
  };
}
