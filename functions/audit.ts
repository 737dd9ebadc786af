import { parseSchedule } from '../src/config/schedule-expression.ts';
import type { ConnectorItem, ConnectStore, TaskItem } from '../src/store/store.ts';

interface Audit {
  /** Tasks that wait for `resume`. */
  readonly failed: readonly string[];
  /** Tasks that missed two of their scheduled times in a row. */
  readonly stale: readonly string[];
}

/** Looks at every task of the connectors that should be running. Names are `connector/task`. */
export async function auditTasks(store: Pick<ConnectStore, 'listConnectors' | 'listTasks'>, now: number): Promise<Audit> {
  const failed: string[] = [];
  const stale: string[] = [];
  for (const connector of await store.listConnectors()) {
    if (connector.desired !== 'RUNNING' || connector.generation === 0) continue;
    for (const item of await store.listTasks(connector.name)) {
      const name = `${item.connector}/${item.task}`;
      if (item.failure?.fatal === true) failed.push(name);
      else if (isStale(item, connector, now)) stale.push(name);
    }
  }
  return { failed, stale };
}

/** A start may come late, and its run may still be under way at the next audit. */
const GRACE_MS = 300_000;

/**
 * A run in progress and a wait after a failure are signs of life. A lease is none where the runs before it died: it shows only that a run
 * started.
 */
function isStale(item: TaskItem, { spec, plannedAt }: ConnectorItem, now: number): boolean {
  const leaseUntil = (item.unreleased ?? 0) > 1 ? 0 : item.leaseUntil;
  if (spec.trigger.schedule === undefined || item.paused || leaseUntil > now) return false;
  const schedule = parseSchedule(spec.trigger.schedule, spec.trigger.timeZone);
  const last = Math.max(plannedAt ?? now, item.lastRun?.endedAt ?? 0, leaseUntil, item.failure?.notBefore ?? 0);
  const missed = schedule.nextRun(last);
  if (missed === undefined) return false;
  const missedAgain = schedule.kind === 'at' ? missed : schedule.nextRun(missed);
  const windowMs = (spec.trigger.windowMinutes ?? 0) * 60_000;
  return missedAgain !== undefined && missedAgain + windowMs + GRACE_MS < now;
}
