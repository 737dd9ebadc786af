import type { ConnectorSummary } from '../../runtime/planner-api.ts';
import { duration } from './numbers.ts';

export interface Place {
  /** True on this machine, where schedules only run while `dev` runs. Functions on AWS have a scheduler. */
  readonly local: boolean;
}

type Scheduled = Pick<ConnectorSummary, 'schedule' | 'nextStart' | 'freshnessMs' | 'idleMs'>;

/** Returns what starts a connector next, and when. */
export function renderSchedule(connector: Scheduled, { local }: Place): string {
  const { schedule, nextStart, freshnessMs, idleMs } = connector;
  const during = local ? ' while `dev` runs' : '';
  if (freshnessMs !== undefined && idleMs !== undefined) {
    return `fresh within ${duration(freshnessMs)}, idle looks up to ${duration(idleMs)} apart${during}`;
  }
  if (schedule === undefined) return 'no schedule: only `run` or an event starts it';
  const next = nextStart === undefined ? '' : `, next at ${new Date(nextStart).toISOString()}`;
  return `${schedule}${next}${during}`;
}
