import type { ConnectorSummary } from '../../runtime/planner-api.ts';

export interface Place {
  /** On this machine schedules count only while `dev` runs; functions on AWS have a scheduler. */
  readonly local: boolean;
}

/** What starts a connector next, and when. */
export function renderSchedule({ schedule, nextStart }: Pick<ConnectorSummary, 'schedule' | 'nextStart'>, { local }: Place): string {
  if (schedule === undefined) return 'no schedule: starts by `run` or an event only';
  const next = nextStart === undefined ? '' : `, next at ${new Date(nextStart).toISOString()}`;
  return `${schedule}${next}${local ? ' while `dev` runs' : ''}`;
}
