import { ConnectError, type SourceTaskContext } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import { routeOf } from '../config/routes.ts';
import { taskOptions } from '../config/task-options.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { plannedPartition } from '../protocol/partition-name.ts';
import { PartitionReader } from './partition-reader.ts';
import { startPositions } from './start-positions.ts';

export interface OpenedReaders {
  readonly readers: readonly PartitionReader[];
  /** Why the other partitions of the task can't be read. */
  readonly problems: ReadonlyMap<string, ConnectError>;
}

/**
 * A reader for each partition of the task, at its position or, where it has none, where the configuration says. `topicProblems`:
 * topics that can't be read; all others must be known to the client.
 */
export async function openReaders(
  { config, positions, taskConfig }: Pick<SourceTaskContext<KafkaSourceConfig>, 'config' | 'positions' | 'taskConfig'>,
  client: KafkaClient,
  topicProblems: ReadonlyMap<string, ConnectError>,
): Promise<OpenedReaders> {
  const problems = new Map<string, ConnectError>();
  for (const name of taskConfig.partitions) {
    const problem = topicProblems.get(plannedPartition(name).topic);
    if (problem !== undefined) problems.set(name, problem);
  }
  const partitions = taskConfig.partitions.filter((name) => !problems.has(name));
  const unread = partitions.filter((name) => !positions.has(name));
  const starts = await startPositions(client, config, unread, taskOptions(taskConfig).addedLater);
  const readers = partitions.flatMap((name) => {
    const stored = positions.get(name);
    const position = stored === undefined ? starts.get(name) : Number(stored);
    if (position instanceof ConnectError) problems.set(name, position);
    if (typeof position !== 'number') return [];
    const partition = plannedPartition(name);
    return [new PartitionReader(partition, position, stored !== undefined, routeOf(config, partition.topic))];
  });
  return { readers, problems };
}
