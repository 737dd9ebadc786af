import pMap from 'p-map';
import type { TriggerSpec } from '../src/config/connector-spec.ts';
import { dueLook } from '../src/config/due-start.ts';
import { parseSchedule } from '../src/config/schedule-expression.ts';
import { stallOf } from '../src/runtime/planner/stall.ts';
import { inForce } from '../src/runtime/run/in-force.ts';
import { tasksToStart } from '../src/runtime/watch/tasks-to-start.ts';
import type { PendingDeps } from '../src/runtime/watch/watch-deps.ts';
import type { ConnectorItem, ConnectStore, TaskItem } from '../src/store/store.ts';

interface Audit {
  /** Tasks that wait for `resume`. */
  readonly failed: readonly string[];
  /** Tasks that have something to do and missed two of their scheduled times in a row. */
  readonly stale: readonly string[];
  /** Connectors of which a task has had something left and copied nothing for twice the freshness, or while two starts were due. */
  readonly stalled: readonly string[];
}

export interface AuditDeps extends PendingDeps {
  readonly store: Pick<ConnectStore, 'listConnectors' | 'listTasks' | 'noteWaiting'>;
}

const CONNECTORS_AT_ONCE = 8;
/** So many tasks of a connector are remembered between two audits: an alarm needs one. */
const REMEMBERED = 100;

/** Looks at every task of the connectors that should be running. Names of tasks are `connector/task`. */
export async function auditTasks(deps: AuditDeps, now: number, signal: AbortSignal): Promise<Audit> {
  const running = (await deps.store.listConnectors()).filter(({ desired, generation }) => desired === 'RUNNING' && generation > 0);
  const found = await pMap(running, (connector) => auditConnector(connector, deps, now, signal), { concurrency: CONNECTORS_AT_ONCE });
  return {
    failed: found.flatMap(({ failed }) => failed),
    stale: found.flatMap(({ stale }) => stale),
    stalled: found.flatMap(({ stalled }) => stalled),
  };
}

/**
 * A task is started only where it has something to do, so one that never runs is no sign of trouble by itself. The first audit that finds one
 * with something to do notes the time, and a later one finds that two scheduled times have passed since.
 */
async function auditConnector(connector: ConnectorItem, deps: AuditDeps, now: number, signal: AbortSignal): Promise<Audit> {
  const items = await deps.store.listTasks(connector.name);
  const named = (tasks: ReadonlyArray<Pick<TaskItem, 'task'>>) => tasks.map(({ task }) => `${connector.name}/${task}`);
  const failed = items.filter(({ failure }) => failure?.fatal === true);
  const silent = items.filter((item) => !failed.includes(item) && isStale(item, connector, now));
  const tasks = silent.length === 0 ? [] : (await tasksToStart(connector, silent, deps, { now, signal })).tasks;
  const before = connector.waiting ?? {};
  const waiting = Object.fromEntries(tasks.slice(0, REMEMBERED).map((task) => [task, before[task] ?? now]));
  if (!sameTimes(before, waiting)) await deps.store.noteWaiting(connector.name, waiting);
  const stale = silent.filter(({ task }) => tasks.includes(task) && hasWaited(waiting[task] ?? now, connector, now));
  const isStalled = items.some((item) => inForce(item, connector.generation) !== undefined && stallOf(item, connector, now) !== undefined);
  return { failed: named(failed), stale: named(stale), stalled: isStalled ? [connector.name] : [] };
}

const sameTimes = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([task, time]) => b[task] === time);

/** A start may come late, and its run may still be under way at the next audit. */
const GRACE_MS = 300_000;

/**
 * A run in progress and a wait after a failure are signs of life. A lease is none where the runs before it died: it shows only that a run
 * started.
 */
function isStale(item: TaskItem, connector: ConnectorItem, now: number): boolean {
  const leaseUntil = (item.unreleased ?? 0) > 1 ? 0 : item.leaseUntil;
  if (item.paused || leaseUntil > now) return false;
  const last = Math.max(connector.plannedAt ?? now, item.lastRun?.endedAt ?? 0, leaseUntil, item.failure?.notBefore ?? 0);
  return missedTwice(last, connector, now);
}

/** A schedule with one time only (`at`) starts nothing afterwards, so a task that waits then counts as stale at once. */
function hasWaited(since: number, connector: ConnectorItem, now: number): boolean {
  return isOnce(connector.spec.trigger) || missedTwice(since, connector, now);
}

function missedTwice(since: number, { spec: { trigger } }: ConnectorItem, now: number): boolean {
  const due = dueLook(trigger, since, isOnce(trigger) ? 1 : 2);
  return due !== undefined && due + GRACE_MS < now;
}

const isOnce = ({ schedule, timeZone }: TriggerSpec): boolean => schedule !== undefined && parseSchedule(schedule, timeZone).kind === 'at';
