import { type LookTimes, MINUTE_MS, minutesIn } from '../../config/look-times.ts';
import type { ConnectorItem, TaskToWatch } from '../../store/store.ts';

/**
 * What a look found. `untold` means that the system does not say what is pending, so that only the runs which the look starts find that out.
 * Where nobody could be asked, there may be something.
 */
export type Found = 'something' | 'nothing' | 'untold';

export interface LookedAt {
  readonly times: LookTimes;
  readonly connector: Pick<ConnectorItem, 'plannedAt' | 'desiredAt'>;
  readonly tasks: ReadonlyArray<Pick<TaskToWatch, 'lastRun' | 'lastRecordAt'>>;
  readonly found: Found;
  /** ms since 1970. */
  readonly now: number;
}

/**
 * Returns in how many minutes the next look comes, from 1 to `idle`. After a look that found something it comes so early that a run as long as
 * the latest ones ends within the freshness. The longer nothing came, the later it comes: half of that time later, so that each interval is
 * half as long again as the one before. All of it follows from when records last came, so nothing has to be kept between two looks.
 */
export function minutesToNextLook({ times, connector, tasks, found, now }: LookedAt): number {
  const { freshnessMs, idleMs } = times;
  const soon = Math.max(MINUTE_MS, freshnessMs - longestRun(tasks, now - idleMs));
  const since = Math.max(connector.plannedAt ?? 0, connector.desiredAt ?? 0, ...tasks.map(({ lastRecordAt = 0 }) => lastRecordAt));
  const until = found === 'untold' ? Math.max(0, ...tasks.map(({ lastRun }) => lastRun?.endedAt ?? 0)) : now;
  const quiet = found === 'something' ? 0 : Math.max(0, until - since);
  return minutesIn(Math.min(idleMs, soon + quiet / 2));
}

/** Of the last runs of tasks, those that ended since `since`: what happened before says little about the next run. */
function longestRun(tasks: LookedAt['tasks'], since: number): number {
  const recent = tasks.flatMap(({ lastRun }) => (lastRun !== undefined && lastRun.endedAt >= since ? lastRun : []));
  return Math.max(0, ...recent.map(({ startedAt, endedAt }) => endedAt - startedAt));
}
