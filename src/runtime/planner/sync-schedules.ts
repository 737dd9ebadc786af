import type { ConnectorItem } from '../../store/store.ts';
import type { PlanResult } from '../planner-api.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { scheduleOf } from './schedule-of.ts';

/** Makes the schedules as the connector wants them: none of a connector that is stopped, none that starts anything of one that is paused. */
export const syncSchedules = (
  { name, tasks, spec, desired }: Pick<ConnectorItem, 'name' | 'tasks' | 'spec' | 'desired'>,
  { schedules }: PlannerDeps,
): Promise<NonNullable<PlanResult['schedules']>> =>
  schedules.sync({
    connector: name,
    tasks: desired === 'STOPPED' ? 0 : tasks,
    enabled: desired === 'RUNNING',
    ...scheduleOf(spec.trigger),
  });
