import { lookTimes } from '../../config/look-times.ts';
import type { ConnectorItem } from '../../store/store.ts';
import type { Standing } from '../../triggers/trigger.ts';
import type { PlanResult } from '../planner-api.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { scheduleOf } from './schedule-of.ts';

type Planned = Pick<ConnectorItem, 'name' | 'tasks' | 'spec' | 'desired'>;

/** Makes the schedules as the connector wants them: none of a connector that is stopped, none that starts anything of one that is paused. */
export const syncSchedules = (connector: Planned, { schedules }: PlannerDeps): Promise<NonNullable<PlanResult['schedules']>> =>
  schedules.sync(standingOf(connector));

/** Has looks come as often as the freshness asks for, where they came less often because there was nothing to copy. */
export async function hastenSchedules(connector: Planned, { schedules }: PlannerDeps): Promise<void> {
  if (lookTimes(connector.spec.trigger) !== undefined) await schedules.hasten(standingOf(connector));
}

const standingOf = ({ name, tasks, spec, desired }: Planned): Standing => ({
  connector: name,
  tasks: desired === 'STOPPED' ? 0 : tasks,
  enabled: desired === 'RUNNING',
  ...scheduleOf(spec.trigger),
});
