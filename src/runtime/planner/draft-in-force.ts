import type { ConnectorItem } from '../../store/store.ts';
import { type InForce, inForce } from '../run/in-force.ts';
import type { Draft } from './make-plan.ts';
import type { PlannerDeps } from './planner-deps.ts';

/** Returns what the tasks of the plan in force run, in their order. */
export async function tasksInForce(connector: ConnectorItem, deps: PlannerDeps): Promise<InForce[]> {
  const items = await deps.store.listTasks(connector.name);
  return items.flatMap((item) => inForce(item, connector.generation) ?? []).sort((a, b) => a.task - b.task);
}

/** Returns a plan that is the same as the one in force. */
export const draftInForce = (connector: ConnectorItem, tasks: readonly InForce[]): Draft => ({
  spec: connector.spec,
  connector,
  wanted: tasks.map(({ planned }) => planned),
  warnings: [],
  startOptions: [],
  taken: new Set(),
  known: new Map(),
});
