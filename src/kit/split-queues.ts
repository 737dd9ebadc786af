import type { TaskConfig } from '../api/connector.ts';
import { assignSticky } from './assignment.ts';
import { topicOfQueue } from './topic-of-queue.ts';

/**
 * The split of a sink that has nothing to tell its tasks: spreads the queues evenly, and moves as few as it can. See
 * `Connector.taskConfigs`. The task that has a topic's first queue is told how many queues of it the split has (`options.queues`, by topic):
 * it says so when it sees more.
 */
export function splitQueues(maxTasks: number, previous: readonly TaskConfig[], queues: readonly string[] = []): TaskConfig[] {
  const before = previous.map(({ partitions }) => partitions);
  const topics = Map.groupBy(queues, topicOfQueue);
  return assignSticky(queues, maxTasks, before).map((partitions) => {
    const own = new Set(partitions);
    const counts = [...topics].filter(([, [first]]) => own.has(first as string)).map(([topic, all]) => [topic, all.length] as const);
    return { partitions, ...(counts.length > 0 && { options: { queues: Object.fromEntries(counts) } }) };
  });
}
