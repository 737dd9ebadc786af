import type { PositionsOfAll } from '../../api/index.ts';
import type { ConnectStore, PlannedTask, Positions, TaskItem } from '../../store/store.ts';

/** What a task runs, seen through a plan that was flipped to but not yet promoted on its item. */
export interface InForce {
  readonly task: number;
  readonly planned: PlannedTask;
  readonly positions: Positions;
}

/** `generation`: the plan in force. Undefined where the task is not part of it. */
export function inForce(item: TaskItem, generation: number): InForce | undefined {
  const { task, staged } = item;
  if (staged?.generation === generation) {
    return staged.remove ? undefined : { task, planned: staged.planned, positions: staged.positions ?? item.positions };
  }
  return item.planned === undefined ? undefined : { task, planned: item.planned, positions: item.positions };
}

/** Where every partition of the split is, whichever task has it. */
export function positionsInForce(tasks: readonly InForce[]): Positions {
  return new Map(tasks.flatMap(({ positions }) => [...positions]));
}

/** The same for a task that runs: its own plan is in force, and on other tasks may still be staged. One store query. */
export async function positionsSeenBy(
  { connector, generation }: TaskItem,
  store: Pick<ConnectStore, 'listTasks'>,
): Promise<PositionsOfAll> {
  const tasks = (await store.listTasks(connector)).flatMap((item) => inForce(item, generation) ?? []);
  return { positions: positionsInForce(tasks), quietAt: Math.max(0, ...tasks.map(({ planned }) => planned.quietAt ?? 0)) };
}
