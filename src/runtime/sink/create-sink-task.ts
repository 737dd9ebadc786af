import { ConnectError, type SinkTask } from '../../api/index.ts';
import type { Lease, PlannedTask, TaskItem } from '../../store/store.ts';
import type { TaskDeps } from '../run/contracts.ts';
import type { RunSecrets } from '../run/run-secrets.ts';

/** What a sink is made for. A run has it all. */
export interface SinkShare {
  readonly item: Pick<TaskItem, 'connector' | 'task' | 'positions'>;
  readonly lease: Pick<Lease, 'epoch'>;
  readonly planned: Pick<PlannedTask, 'taskClass' | 'taskConfig'>;
  readonly secrets: Pick<RunSecrets, 'system'>;
  readonly signal: AbortSignal;
  readonly deps: Pick<TaskDeps, 'taskClasses' | 'clients' | 'logger'>;
}

/** Creates the sink of a task whose lease is held, and does not start it. Throws SECRET_UNRESOLVED, or what the class throws. */
export async function createSinkTask({ item, lease, planned, secrets, signal, deps }: SinkShare): Promise<SinkTask> {
  const { taskClasses, clients, logger } = deps;
  const { connector, task, positions } = item;
  const { taskClass, taskConfig } = planned;
  const loaded = await taskClasses[taskClass]?.();
  if (loaded?.direction !== 'sink') {
    throw new ConnectError('INTERNAL', `task class ${taskClass} is not a sink of this build`, {
      remedy: 'deploy and apply the same version',
    });
  }
  const config = (await secrets.system()) as never;
  return new loaded.create({ connector, task, config, taskConfig, logger, clients, signal, positions, epoch: lease.epoch });
}
