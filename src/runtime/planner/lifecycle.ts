import pMap from 'p-map';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorItem, DesiredState } from '../../store/store.ts';
import type { ConnectorSummary, RunResult, StatusResult } from '../planner-api.ts';
import { applyPlan } from './apply-plan.ts';
import type { ChangeDeps } from './change-record.ts';
import { CONCURRENCY } from './concurrency.ts';
import { isHeld } from './connector-state.ts';
import { draftInForce, tasksInForce } from './draft-in-force.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { mustExist, statusOf } from './status.ts';
import { hastenSchedules, syncSchedules } from './sync-schedules.ts';

/** Starts tasks now, as event sources and people ask for it. With `byHand` tasks that wait after a failure start at once, too. */
export async function startTasks(
  name: string,
  only: readonly number[] | undefined,
  byHand: boolean,
  deps: PlannerDeps,
): Promise<RunResult> {
  const connector = await mustExist(name, deps);
  const tasks = tasksToStart(connector, only);
  if (byHand) await endWaits(name, tasks, deps);
  const by = byHand ? 'person' : 'event';
  await deps.trigger.fire(tasks.map((task) => ({ connector: name, task, by })));
  if (byHand) await hastenSchedules(connector, deps);
  return { connector: name, started: tasks.length };
}

/** Throws WRONG_STATE where no task may be started, and CONFIG_INVALID for a number that is no task's. */
export function tasksToStart({ name, desired, tasks }: ConnectorItem, only: readonly number[] | undefined): readonly number[] {
  if (desired !== 'RUNNING') {
    throw new ConnectError('WRONG_STATE', `connector ${name} is ${desired}`, { remedy: `end that by \`rocketmq-connect resume ${name}\`` });
  }
  const unknown = only?.find((task) => !Number.isInteger(task) || task < 0 || task >= tasks);
  if (unknown === undefined) return only ?? Array.from({ length: tasks }, (_, task) => task);
  throw new ConnectError('CONFIG_INVALID', `tasks: connector ${name} has no task ${unknown}`, {
    remedy: tasks === 0 ? 'leave the tasks out; there is nothing to copy' : `use 0 to ${tasks - 1}`,
  });
}

async function endWaits(name: string, tasks: readonly number[], { store }: PlannerDeps): Promise<void> {
  const waiting = (await store.listTasks(name)).filter(({ task, failure }) => tasks.includes(task) && failure?.fatal === false);
  await pMap(waiting, (item) => store.endWait(item), { concurrency: CONCURRENCY });
}

async function setDesired(name: string, after: DesiredState, { store, change }: ChangeDeps): Promise<ConnectorItem> {
  const { desired: before, generation } = await mustExist(name, { store });
  await change.begin(name, { generation }, { desired: { before, after } });
  return store.setDesired(name, after);
}

/** Pauses the connector: invocations that run may end, and no new one starts. */
export async function pause(name: string, deps: ChangeDeps): Promise<StatusResult> {
  const connector = await setDesired(name, 'PAUSED', deps);
  await forEachTask(name, deps, (ref) => deps.store.setPaused(ref, true));
  await syncSchedules(connector, deps);
  return statusOf(name, deps);
}

/** Stops the connector: runs end without storing more, there are no schedules, and positions stay. */
export async function stop(name: string, deps: ChangeDeps): Promise<StatusResult> {
  const connector = await setDesired(name, 'STOPPED', deps);
  await forEachTask(name, deps, (ref) => deps.store.setPaused(ref, true));
  await syncSchedules(connector, deps);
  const held = (await deps.store.listTasks(name)).filter(isHeld);
  await interrupt(
    connector,
    held.map(({ task }) => task),
    deps,
  );
  return statusOf(name, deps);
}

/** Ends a pause or a stop, and gives failed tasks another chance. */
export async function resume(name: string, deps: ChangeDeps): Promise<StatusResult> {
  const connector = await setDesired(name, 'RUNNING', deps);
  await forEachTask(name, deps, (ref) => deps.store.resumeTask(ref));
  await syncSchedules(connector, deps);
  return statusOf(name, deps);
}

/** Removes the connector, its tasks and positions. What it copied stays. A task that still runs loses its lease. Repeatable. */
export async function remove(name: string, deps: ChangeDeps): Promise<Pick<ConnectorSummary, 'name'>> {
  const { generation, spec } = await mustExist(name, deps);
  await deps.change.begin(name, { generation, spec });
  if (generation > 0) deps.change.tookEffect();
  await deps.store.beginDelete(name);
  await deps.schedules.sync({ connector: name, tasks: 0, enabled: false });
  await deps.store.deleteConnector(name);
  return { name };
}

/** Takes tasks from their runs, which store nothing more. It is a plan: who waits for what a run may still send learns of it as of any plan. */
export async function interrupt(connector: ConnectorItem, tasks: readonly number[], deps: ChangeDeps): Promise<void> {
  if (tasks.length === 0) return;
  const draft = draftInForce(connector, await tasksInForce(connector, deps));
  await applyPlan({ ...draft, interrupted: new Set(tasks) }, deps);
}

async function forEachTask(
  name: string,
  deps: PlannerDeps,
  work: (ref: { connector: string; task: number }) => Promise<void>,
): Promise<void> {
  await pMap(await deps.store.listTasks(name), ({ connector, task }) => work({ connector, task }), { concurrency: CONCURRENCY });
}
