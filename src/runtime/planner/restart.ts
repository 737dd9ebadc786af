import type { RestartResult } from '../planner-api.ts';
import type { ChangeDeps } from './change-record.ts';
import { isHeld } from './connector-state.ts';
import { each } from './each.ts';
import { interrupt, tasksToStart } from './lifecycle.ts';
import { counted } from './plan-details.ts';
import { mustExist } from './status.ts';
import { hastenSchedules } from './sync-schedules.ts';

/** Clears failures and starts tasks, also those that run: their run ends without storing more. Repeatable. */
export async function restart(
  name: string,
  { tasks: only, onlyFailed = false }: { readonly tasks?: readonly number[] | undefined; readonly onlyFailed?: boolean | undefined },
  deps: ChangeDeps,
): Promise<RestartResult> {
  const connector = await mustExist(name, deps);
  const wanted = new Set(tasksToStart(connector, only));
  const items = (await deps.store.listTasks(name)).filter(
    ({ task, failure }) => wanted.has(task) && (!onlyFailed || failure !== undefined),
  );
  const restarted = items.map(({ task }) => task);
  if (items.length === 0) return { connector: name, restarted };
  await deps.change.begin(name, { generation: connector.generation }, { restarted: counted(restarted) });
  const [running, others] = [items.filter(isHeld), items.filter((item) => !isHeld(item))];
  await each(others, (item) => deps.store.clearFailure(item));
  // The plan starts the tasks that it takes from runs.
  await interrupt(
    connector,
    running.map(({ task }) => task),
    deps,
  );
  await deps.store.noteStart(name);
  if (others.length > 0) await deps.trigger.fire(others.map(({ task }) => ({ connector: name, task, by: 'person' })));
  await hastenSchedules(connector, deps);
  return { connector: name, restarted };
}
