import type { TaskConfig } from '../api/connector.ts';
import { assignSticky } from './assignment.ts';

/**
 * The split of a sink that has nothing to tell its tasks: spreads the queues evenly, and moves as few as it can. See
 * `Connector.taskConfigs`. The first task is told how many queues the split has (`options.queues`): it says so when it sees more.
 */
export function splitQueues(maxTasks: number, previous: readonly TaskConfig[], queues: readonly string[] = []): TaskConfig[] {
  const before = previous.map(({ partitions }) => partitions);
  return assignSticky(queues, maxTasks, before).map((partitions, task) => ({
    partitions,
    ...(task === 0 && { options: { queues: queues.length } }),
  }));
}
