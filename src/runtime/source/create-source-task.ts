import { ConnectError, type SourceTask } from '../../api/index.ts';
import type { ConnectStore, PlannedTask, TaskItem } from '../../store/store.ts';
import type { UsedConfig } from '../run/changed-secrets.ts';
import type { TaskDeps } from '../run/contracts.ts';
import { positionsSeenBy } from '../run/in-force.ts';

export interface SourceDeps extends Pick<TaskDeps, 'taskClasses' | 'resolveSecrets' | 'clients' | 'logger'> {
  readonly store: Pick<ConnectStore, 'listTasks'>;
}

/** The source of a task whose lease is held, not started. Notes in `used` what it got for its secrets; throws SECRET_UNRESOLVED, or what the class throws. */
export async function createSourceTask(item: TaskItem, used: UsedConfig, deps: SourceDeps, signal: AbortSignal): Promise<SourceTask> {
  const { store, taskClasses, resolveSecrets, clients, logger } = deps;
  const { connector, task, positions } = item;
  const { taskClass, taskConfig, spec } = item.planned as PlannedTask;
  const loaded = await taskClasses[taskClass]?.();
  if (loaded?.direction !== 'source') {
    throw new ConnectError('INTERNAL', `task class ${taskClass} is not a source of this build`, {
      remedy: 'deploy and apply the same version',
    });
  }
  used.source = (await resolveSecrets({ source: spec.system })).source;
  const config = used.source as never;
  const positionsOfAll = () => positionsSeenBy(item, store);
  return new loaded.create({ connector, task, config, taskConfig, logger, clients, signal, positions, positionsOfAll });
}
