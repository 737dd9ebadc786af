import type { ConnectorSummary } from '../../runtime/planner-api.ts';

export interface Place {
  /** True on this machine, where schedules only run while `dev` runs. Functions on AWS have a scheduler. */
  readonly local: boolean;
}

/** Returns what starts a connector next, and when. */
export function renderSchedule({ schedule, nextStart }: Pick<ConnectorSummary, 'schedule' | 'nextStart'>, { local }: Place): string {
  if (schedule === undefined) return 'no schedule: only `run` or an event starts it';
  const next = nextStart === undefined ? '' : `, next at ${new Date(nextStart).toISOString()}`;
  return `${schedule}${next}${local ? ' while `dev` runs' : ''}`;
}
