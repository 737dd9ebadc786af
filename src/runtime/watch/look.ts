import { lookTimes, MINUTE_MS } from '../../config/look-times.ts';
import type { ConnectorItem, TaskToWatch } from '../../store/store.ts';
import type { LookSchedule, TaskEvent } from '../../triggers/trigger.ts';
import { minutesToNextLook } from './next-look.ts';
import { type TasksToStart, tasksToStart } from './tasks-to-start.ts';
import type { WatchDeps } from './watch-deps.ts';

export interface Look {
  readonly connector: string;
  /** How many tasks were started, now or within the window. */
  readonly started: number;
  /** How many tasks the plan in force has; 0 where there is nothing to look at. */
  readonly tasks: number;
  /** Why the system could not say what is pending. */
  readonly unknown?: string;
  /** In how many minutes the next look should come. Absent where a schedule says when. */
  readonly nextMinutes?: number;
}

export interface LookOptions {
  readonly signal: AbortSignal;
  /** The time, ms since 1970, that decides which waits and leases are over. Default: that of the process. */
  readonly now?: number;
  /** What asked for the look. Where its interval does not fit any more, the look changes it. Default: nothing that a look could change. */
  readonly schedule?: LookSchedule;
}

/**
 * Looks which tasks of a connector have something to do, and starts those. It writes nothing to the table. Nothing starts of a connector that
 * is paused, stopped, deleted or was never planned. Repeatable: a start that comes twice does no harm. Throws a retriable ConnectError where
 * the table can't be read, not all could be started, or the schedule could not be changed; whoever asked for the look must ask again.
 */
export async function look(name: string, deps: WatchDeps, { signal, now = Date.now(), schedule }: LookOptions): Promise<Look> {
  const read = await readTasks(name, deps);
  if (read === undefined) return { connector: name, started: 0, tasks: 0 };
  const { connector } = read;
  const { tasks, unknown, found } = await tasksToStart(connector, read.tasks, deps, { now, signal });
  if (tasks.length > 0) await deps.trigger.fire(starts(connector, tasks, now));
  const times = lookTimes(connector.spec.trigger);
  const nextMinutes = times && minutesToNextLook({ times, connector, tasks: read.tasks, found, now });
  if (schedule !== undefined && nextMinutes !== undefined && nextMinutes !== schedule.minutes) await deps.pace?.set(schedule, nextMinutes);
  return {
    connector: name,
    started: tasks.length,
    tasks: connector.tasks,
    ...(unknown !== undefined && { unknown }),
    ...(nextMinutes !== undefined && { nextMinutes }),
  };
}

interface ReadTasks {
  readonly connector: ConnectorItem;
  readonly tasks: readonly TaskToWatch[];
}

/** Undefined where nothing may start. The cheap read may miss tasks that a plan has just made; then they are read once more, as they are now. */
async function readTasks(name: string, { store }: WatchDeps): Promise<ReadTasks | undefined> {
  const { connector, tasks } = await store.watch(name);
  if (connector === undefined || connector.desired !== 'RUNNING' || connector.generation === 0 || connector.deleting) return undefined;
  if (tasks.length >= connector.tasks) return { connector, tasks };
  return { connector, tasks: await store.listTasks(name) };
}

/** With a window each task starts at a time of its own in it, the same after each look. */
function starts({ name, tasks: count, spec }: ConnectorItem, tasks: TasksToStart['tasks'], now: number): TaskEvent[] {
  const windowMs = (spec.trigger.windowMinutes ?? 0) * MINUTE_MS;
  return tasks.map((task) => {
    const waitMs = Math.floor((windowMs * task) / Math.max(1, count));
    return { connector: name, task, ...(waitMs > 0 && { startAt: now + waitMs }) };
  });
}
