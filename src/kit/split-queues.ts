import type { TaskConfig } from '../api/connector.ts';
import { assignSticky } from './assignment.ts';

/** The split of a sink that has nothing to tell its tasks: spreads the queues evenly, and moves as few as it can. See `Connector.taskConfigs`. */
export function splitQueues(maxTasks: number, previous: readonly TaskConfig[], queues: readonly string[] = []): TaskConfig[] {
  const before = previous.map(({ partitions }) => partitions);
  return assignSticky(queues, maxTasks, before).map((partitions) => ({ partitions }));
}
