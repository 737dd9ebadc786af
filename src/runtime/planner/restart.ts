import type { RestartResult } from '../planner-api.ts';
import { each } from './each.ts';
import { interrupt, tasksToStart } from './lifecycle.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { isHeld, mustExist } from './status.ts';

/** Clears failures and starts tasks, also those that run: their run ends without storing more. Repeatable. */
export async function restart(
  name: string,
  { tasks: only, onlyFailed = false }: { readonly tasks?: readonly number[] | undefined; readonly onlyFailed?: boolean | undefined },
  deps: PlannerDeps,
): Promise<RestartResult> {
  const connector = await mustExist(name, deps);
  const wanted = new Set(tasksToStart(connector, only));
  const items = (await deps.store.listTasks(name)).filter(
    ({ task, failure }) => wanted.has(task) && (!onlyFailed || failure !== undefined),
  );
  const [running, others] = [items.filter(isHeld), items.filter((item) => !isHeld(item))];
  await each(others, (item) => deps.store.clearFailure(item));
  // The plan starts the tasks that it takes from runs.
  await interrupt(
    connector,
    running.map(({ task }) => task),
    deps,
  );
  if (others.length > 0) await deps.trigger.fire(others.map(({ task }) => ({ connector: name, task })));
  return { connector: name, restarted: items.map(({ task }) => task) };
}
