import type { Position } from '../../api/index.ts';
import type { StagedTask, TaskItem } from '../../store/store.ts';
import type { TaskDiff } from '../planner-api.ts';
import type { Plan } from './plan-under-way.ts';

/** Returns the tasks that the plan writes: all that differ, and those on which an earlier planner left something. */
export function touchedTasks(diffs: readonly TaskDiff[], byTask: ReadonlyMap<number, TaskItem>): number[] {
  const touched = new Set(diffs.filter(({ change }) => change !== 'keep').map(({ task }) => task));
  for (const { task, staged, planned } of byTask.values()) if (staged !== undefined || planned === undefined) touched.add(task);
  return [...touched];
}

/** Returns what the plan makes of a task, once the positions of all partitions that move are known. */
export function stagedTask(
  { draft, generation, spec }: Plan,
  task: number,
  positions: ReadonlyMap<string, Position>,
  quiet: number,
): StagedTask {
  const planned = draft.wanted[task];
  if (planned === undefined) return { generation, remove: true };
  const own = planned.taskConfig.partitions.flatMap((name): Array<[string, Position]> => {
    const position = draft.altered?.has(name) === true ? draft.altered.get(name) : (positions.get(name) ?? draft.known.get(name));
    return position === undefined ? [] : [[name, position]];
  });
  return { generation, remove: false, planned: { ...planned, spec, ...(quiet > 0 && { quietAt: quiet }) }, positions: new Map(own) };
}

/**
 * Returns the staged plan of a task that keeps its partitions. It keeps its positions, too, so nothing has to be read before it is staged.
 * Undefined where the task gains or loses a partition, is new or goes, where a position of it is set, or where an earlier plan left
 * something on it.
 */
export function stagedInPlace({ draft, generation, spec }: Plan, listed: TaskItem): StagedTask | undefined {
  const { wanted: tasks, altered } = draft;
  const { planned, staged } = listed;
  const wanted = tasks[listed.task];
  if (wanted?.taskConfig.partitions.some((name) => altered?.has(name)) === true) return undefined;
  if (wanted === undefined || planned === undefined || staged !== undefined) return undefined;
  const [before, after] = [new Set(planned.taskConfig.partitions), wanted.taskConfig.partitions];
  if (before.size !== after.length || !after.every((partition) => before.has(partition))) return undefined;
  const { quietAt } = planned;
  return { generation, remove: false, planned: { ...wanted, spec, ...(quietAt !== undefined && { quietAt }) } };
}

/** Returns all tasks that were not staged with their fence. At least one must say until when interrupted runs may still send. */
export function leftToStage({ touched, draft }: Plan, inPlace: readonly number[], quiet: number): number[] {
  const done = new Set(inPlace);
  const left = touched.filter((task) => !done.has(task));
  const isSaid = quiet <= Date.now() || left.some((task) => draft.wanted[task] !== undefined);
  return isSaid ? left : [...left, ...inPlace.slice(0, 1)];
}
