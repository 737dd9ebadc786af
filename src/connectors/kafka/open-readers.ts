import { type SourceTaskContext, toConnectError } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';
import type { KafkaSourceConfig } from './config.ts';
import { plannedPartition } from './partition-name.ts';
import { PartitionReader } from './partition-reader.ts';
import type { PlannedTopics } from './planned-topics.ts';
import type { Recovery } from './recovery.ts';
import { startPositions } from './start-positions.ts';
import { taskOptions } from './task-options.ts';

/** A reader for each partition of the task, at its position or, where it has none, where the configuration says. */
export async function openReaders(
  { config, positions, taskConfig }: SourceTaskContext<KafkaSourceConfig>,
  client: KafkaClient,
  topics: PlannedTopics,
  recovery: Recovery,
): Promise<PartitionReader[]> {
  const { partitions } = taskConfig;
  const unread = partitions.filter((name) => !positions.has(name));
  for (let fresh = false; ; fresh = true) {
    try {
      await topics.describe(fresh);
      const starts = await startPositions(client, config, unread, taskOptions(taskConfig).addedLater);
      return partitions.map((name) => {
        const stored = positions.get(name);
        return new PartitionReader(
          plannedPartition(name),
          stored === undefined ? (starts.get(name) ?? 0) : Number(stored),
          stored !== undefined,
        );
      });
    } catch (error) {
      await recovery.pause(toConnectError(error));
    }
  }
}
