import { ConnectError, type Position, type TaskConfig } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config/config.ts';
import type { PlannedPartition } from './config/partitions.ts';
import { partitionsOf } from './open-readers.ts';
import type { Lender } from './protocol/connection-pool.ts';
import { countQueues, type QueueCounts } from './protocol/queue-counts.ts';
import { lookAtStream } from './streams/stream-offsets.ts';
import { placeOf } from './streams/stream-place.ts';

/** Each look has channels of its own, and takes the last part of a stream into memory. */
const STREAMS_AT_ONCE = 4;

/**
 * Names the queues that hold messages no consumer has, with a passive declare for each, and the streams that do not end at their positions.
 * Of queues that several partitions share, all are named.
 */
export async function pendingPartitions(
  connections: Lender,
  config: RabbitmqSourceConfig,
  split: readonly TaskConfig[],
  positions: ReadonlyMap<string, Position>,
): Promise<ReadonlyMap<string, number | undefined>> {
  const planned = new Map(split.flatMap((taskConfig) => ownPartitions(config, taskConfig)));
  const counts = await counted(connections, [...new Set([...planned.values()].map(({ queue }) => queue))]);
  const pending = new Map<string, number | undefined>();
  const mark = (name: string, messages?: number) => pending.set(name, messages);
  for (const name of split.flatMap(({ partitions }) => partitions)) if (!planned.has(name)) mark(name);
  const streams: Array<[name: string, stream: string, messages: number, position: Position]> = [];
  for (const [name, { kind, queue }] of planned) {
    const count = counts.get(queue);
    const position = positions.get(name);
    if (count === undefined || count instanceof ConnectError) {
      // One that is not there yet is nothing to tell where the configuration says so.
      if (count?.code !== 'NOT_FOUND' || config.missing === 'fail') mark(name);
    } else if (kind === 'queue') {
      if (count.messageCount > 0) mark(name, count.messageCount);
    } else if (position === undefined) mark(name);
    else streams.push([name, queue, count.messageCount, position]);
  }
  const left = streams.values();
  const look = async () => {
    for (const [name, ...place] of left) {
      const ahead = await offsetsAhead(connections, ...place);
      if (ahead !== 0) mark(name, ahead);
    }
  };
  await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, streams.length) }, look));
  return pending;
}

function ownPartitions(config: RabbitmqSourceConfig, taskConfig: TaskConfig): Array<[string, PlannedPartition]> {
  const planned = partitionsOf({ config, taskConfig });
  return taskConfig.partitions.flatMap((name) => {
    const partition = planned.get(name);
    return partition === undefined ? [] : [[name, partition] as [string, PlannedPartition]];
  });
}

async function counted({ lend, giveBack }: Lender, queues: readonly string[]): Promise<Map<string, QueueCounts | ConnectError>> {
  const connection = await lend();
  try {
    return await countQueues(connection, queues);
  } finally {
    giveBack(connection);
  }
}

/**
 * Returns how many offsets a run would pass; undefined where nobody knows. Each stream is asked on a connection of its own: RabbitMQ breaks
 * down over some streams, and ends the connection. The run that this starts reports what is wrong.
 */
async function offsetsAhead({ lend, giveBack }: Lender, stream: string, messages: number, position: Position): Promise<number | undefined> {
  const place = placeOf(position);
  const connection = await lend();
  try {
    const { bounds, isAnother = false } = await lookAtStream(connection, stream, messages, place);
    if (bounds === undefined || isAnother || bounds.end < place.offset) return undefined;
    return bounds.end - place.offset;
  } catch {
    return undefined;
  } finally {
    giveBack(connection);
  }
}
