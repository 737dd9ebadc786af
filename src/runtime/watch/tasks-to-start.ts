import type { ConnectorItem, TaskToWatch } from '../../store/store.ts';
import { type InForce, inForce } from '../run/in-force.ts';
import { needOf, readablePartitions } from './need-of.ts';
import type { Found } from './next-look.ts';
import { pendingPartitions } from './pending-partitions.ts';
import type { PendingDeps } from './watch-deps.ts';

export interface TasksToStart {
  /** In the order of their numbers. */
  readonly tasks: readonly number[];
  /** Why the system could not say what is pending, so that all tasks start which it was asked about. */
  readonly unknown?: string;
  /** A start that is owed is something, too. */
  readonly found: Found;
}

/** What is asked about a task. */
interface AskedTask {
  readonly task: number;
  readonly current: InForce<Pick<NonNullable<TaskToWatch['planned']>, 'taskConfig'>>;
  readonly partitions: readonly string[];
}

/**
 * Finds the tasks of a connector that have something to copy, or owe a start, at `now`, ms since 1970. It asks the system once, and only
 * where a task needs the answer.
 */
export async function tasksToStart(
  { spec, generation }: Pick<ConnectorItem, 'spec' | 'generation'>,
  items: readonly TaskToWatch[],
  deps: PendingDeps,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<TasksToStart> {
  const owed: number[] = [];
  const asked: AskedTask[] = [];
  for (const item of items) {
    const current = inForce(item, generation);
    if (current === undefined) continue;
    const need = needOf(item, generation, now);
    if (need === 'start') owed.push(item.task);
    if (need !== 'start-if-pending') continue;
    const partitions = readablePartitions(current.planned.taskConfig.partitions, item);
    if (partitions.length > 0) asked.push({ task: item.task, current, partitions });
  }
  if (asked.length === 0) return { tasks: owed, found: owed.length > 0 ? 'something' : 'nothing' };
  const split = asked.map(({ current }) => current.planned.taskConfig);
  const positions = new Map(asked.flatMap(({ current }) => [...current.positions]));
  const pending = await pendingPartitions({ spec, split, positions }, deps, signal);
  const isPending = ({ partitions }: AskedTask) =>
    'unknown' in pending || partitions.some((partition) => pending.partitions.has(partition));
  const tasks = [...owed, ...asked.filter(isPending).map(({ task }) => task)].sort((a, b) => a - b);
  const isUntold = 'unknown' in pending && pending.untold === true && owed.length === 0;
  const found = isUntold ? 'untold' : tasks.length > 0 ? 'something' : 'nothing';
  return { tasks, found, ...('unknown' in pending && { unknown: pending.unknown }) };
}
