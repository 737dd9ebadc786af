import type { PositionsOfAll } from '../../api/index.ts';
import type { ConnectStore, PlannedTask, Positions, TaskItem } from '../../store/store.ts';

/** What a task runs. A plan that is in force counts, also where it is not promoted on the task's item yet. */
export interface InForce<P = PlannedTask> {
  readonly task: number;
  readonly planned: P | PlannedTask;
  readonly positions: Positions;
}

/** An item of which a caller needs no more of its plan than `P`. */
type ItemWith<P> = Pick<TaskItem, 'task' | 'positions' | 'staged'> & { readonly planned?: P };

/** Returns what the task runs in plan `generation`, which is in force. Undefined where the task is not part of it. */
export function inForce<P = PlannedTask>(item: ItemWith<P>, generation: number): InForce<P> | undefined {
  const { task, staged } = item;
  if (staged?.generation === generation) {
    return staged.remove ? undefined : { task, planned: staged.planned, positions: staged.positions ?? item.positions };
  }
  return item.planned === undefined ? undefined : { task, planned: item.planned, positions: item.positions };
}

/** Returns where every partition of the split is, whichever task has it. */
export function positionsInForce(tasks: readonly InForce[]): Positions {
  return new Map(tasks.flatMap(({ positions }) => [...positions]));
}

/** Returns the same for a task that runs. Its own plan is in force, and may still be staged on other tasks. It costs one store query. */
export async function positionsSeenBy(
  { connector, generation }: TaskItem,
  store: Pick<ConnectStore, 'listTasks'>,
): Promise<PositionsOfAll> {
  const tasks = (await store.listTasks(connector)).flatMap((item) => inForce(item, generation) ?? []);
  return { positions: positionsInForce(tasks), quietAt: Math.max(0, ...tasks.map(({ planned }) => planned.quietAt ?? 0)) };
}
