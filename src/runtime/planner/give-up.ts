import { toConnectError } from '../../api/index.ts';
import type { ConnectorItem } from '../../store/store.ts';
import { each } from './each.ts';
import type { Plan } from './plan-under-way.ts';
import type { PlannerDeps } from './planner-deps.ts';

/**
 * Gives back what the plan holds, so that its tasks run on by the plan in force, and throws `error`. It returns where the plan is in force
 * after all.
 */
export async function giveUp({ name, generation, held }: Plan, error: unknown, deps: PlannerDeps): Promise<ConnectorItem> {
  const { store, logger } = deps;
  const warn = (failed: unknown) =>
    logger.warn('a task stays held for two minutes', { connector: name, error: toConnectError(failed).line });
  const outcome = await store.giveUpPlan(name, generation).catch(warn);
  if (outcome === undefined) throw error;
  if (outcome === 'in-force') {
    const connector = await store.getConnector(name);
    if (connector !== undefined) return connector;
  }
  await each([...held.keys()], (task) => store.unfence({ connector: name, task }, generation).catch(warn));
  const interrupted = [...held].filter(([, fromRun]) => fromRun).map(([task]) => ({ connector: name, task }));
  if (interrupted.length > 0) await deps.trigger.fire(interrupted.map((ref) => ({ ...ref, by: 'continuation' as const }))).catch(warn);
  throw error;
}
