import { ConnectError, ReceiveRoom, type SourceTaskContext } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import type { RabbitmqConnection } from './connection.ts';
import { type PlannedPartition, plannedPartitions } from './partition-name.ts';
import { countQueue } from './queue-counts.ts';
import { QueueReader } from './queue-reader.ts';
import type { Reader } from './reader.ts';
import { streamBounds } from './stream-offsets.ts';
import { StreamReader } from './stream-reader.ts';
import { streamStart } from './stream-start.ts';

/** A reader for each partition of the task, with how much there is to read. They do not consume yet. */
export async function openReaders(
  {
    config,
    positions,
    taskConfig,
    logger,
  }: Pick<SourceTaskContext<RabbitmqSourceConfig>, 'config' | 'positions' | 'taskConfig' | 'logger'>,
  connection: RabbitmqConnection,
  onChange: () => void,
): Promise<Reader[]> {
  const room = new ReceiveRoom(connection.intake);
  const planned = plannedPartitions(config);
  const share = 1 / taskConfig.partitions.length;
  const open = async (name: string): Promise<Reader> => {
    const { kind, queue } = partitionOf(planned, name);
    const common = { connection, room, queue, onChange, share };
    const stored = positions.get(name);
    if (kind === 'queue') {
      const { messageCount: depth, consumerCount: others } = await countQueue(connection, queue);
      return new QueueReader({ ...common, name, depth, others, position: Number(stored ?? 0), logger });
    }
    const hadMessages = Number(stored ?? 0) > 0;
    const bounds = await streamBounds(connection, queue, hadMessages);
    const start = bounds === undefined && !hadMessages ? 0 : streamStart(queue, stored, bounds, config, logger);
    return new StreamReader({ ...common, bounds, start, stored: stored === String(start) });
  };
  return Promise.all(taskConfig.partitions.map(open));
}

function partitionOf(planned: ReadonlyMap<string, PlannedPartition>, name: string): PlannedPartition {
  const found = planned.get(name);
  if (found === undefined)
    throw new ConnectError('INTERNAL', `no queue belongs to partition ${name}`, { remedy: 'apply the connector again' });
  return found;
}
