import type { SourceTaskContext } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';
import type { KafkaSourceConfig } from './config.ts';
import { plannedPartition } from './partition-name.ts';
import { PartitionReader } from './partition-reader.ts';
import { startPositions } from './start-positions.ts';
import { taskOptions } from './task-options.ts';

/**
 * A reader for each partition of the task, at its position or, where it has none, where the configuration says. The topics
 * must be known to the client.
 */
export async function openReaders(
  { config, positions, taskConfig }: Pick<SourceTaskContext<KafkaSourceConfig>, 'config' | 'positions' | 'taskConfig'>,
  client: KafkaClient,
): Promise<PartitionReader[]> {
  const { partitions } = taskConfig;
  const unread = partitions.filter((name) => !positions.has(name));
  const starts = await startPositions(client, config, unread, taskOptions(taskConfig).addedLater);
  return partitions.map((name) => {
    const stored = positions.get(name);
    const position = stored === undefined ? (starts.get(name) as number) : Number(stored);
    return new PartitionReader(plannedPartition(name), position, stored !== undefined);
  });
}
