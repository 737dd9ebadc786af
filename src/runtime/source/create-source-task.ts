import { ConnectError, type SourceTask } from '../../api/index.ts';
import type { ConnectStore, PlannedTask, TaskItem } from '../../store/store.ts';
import type { TaskDeps } from '../run/contracts.ts';
import { positionsSeenBy } from '../run/in-force.ts';
import type { RunSecrets } from '../run/run-secrets.ts';

export interface SourceDeps extends Pick<TaskDeps, 'taskClasses' | 'resolveSecrets' | 'clients' | 'logger'> {
  readonly store: Pick<ConnectStore, 'listTasks'>;
}

/** What a source task is made for. */
export interface SourceShare {
  readonly item: TaskItem;
  /** The part of its plan that is to be read. */
  readonly planned: PlannedTask;
  readonly secrets: RunSecrets;
  readonly signal: AbortSignal;
}

/** Creates the source of a task whose lease is held, and does not start it. Throws SECRET_UNRESOLVED, or what the class throws. */
export async function createSourceTask({ item, planned, secrets, signal }: SourceShare, deps: SourceDeps): Promise<SourceTask> {
  const { store, taskClasses, clients, logger } = deps;
  const { connector, task, positions } = item;
  const { taskClass, taskConfig } = planned;
  const loaded = await taskClasses[taskClass]?.();
  if (loaded?.direction !== 'source') {
    throw new ConnectError('INTERNAL', `task class ${taskClass} is not a source of this build`, {
      remedy: 'deploy and apply the same version',
    });
  }
  const config = (await secrets.system()) as never;
  const positionsOfAll = () => positionsSeenBy(item, store);
  return new loaded.create({ connector, task, config, taskConfig, logger, clients, signal, positions, positionsOfAll });
}
