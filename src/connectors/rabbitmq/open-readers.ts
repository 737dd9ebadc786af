import { ConnectError, type SourceTaskContext, toConnectError } from '../../api/index.ts';
import { ReceiveRoom } from '../../kit/index.ts';
import type { RabbitmqSourceConfig } from './config/config.ts';
import { type PlannedPartition, plannedPartitions, type RabbitmqTaskOptions } from './config/partitions.ts';
import type { RabbitmqConnection } from './protocol/connection.ts';
import type { Lender } from './protocol/connection-pool.ts';
import { countQueues } from './protocol/queue-counts.ts';
import { QueueReader } from './read/queue-reader.ts';
import type { Reader } from './read/reader.ts';
import { openStream } from './streams/open-stream.ts';

export interface OpenedReaders {
  readonly readers: readonly Reader[];
  /** Why others can't be read. */
  readonly stopped: ReadonlyMap<string, ConnectError>;
  readonly notices: readonly string[];
}

export interface Connections extends Lender {
  /** For all queues whose names come with one remainder: a connection has 2,047 channels. */
  ofQueue(index: number): RabbitmqConnection;
}

/** The partitions of a task, by name. */
export function partitionsOf({ config, taskConfig }: Pick<SourceTaskContext<RabbitmqSourceConfig>, 'config' | 'taskConfig'>) {
  const { foundQueues = [], foundStreams = [] } = (taskConfig.options ?? {}) as RabbitmqTaskOptions;
  const { queues = [], streams = [], consumersPerQueue } = config;
  return plannedPartitions({ queues: [...queues, ...foundQueues], streams: [...streams, ...foundStreams], consumersPerQueue });
}

/** A reader for each partition of the task that can be read, with how much there is to read. They do not consume yet. */
export async function openReaders(
  context: SourceTaskContext<RabbitmqSourceConfig>,
  connections: Connections,
  onChange: () => void,
): Promise<OpenedReaders> {
  const { config, positions, taskConfig, logger } = context;
  const planned = partitionsOf(context);
  const { partitions } = taskConfig;
  const { mayGo } = (taskConfig.options ?? {}) as RabbitmqTaskOptions;
  const queueOf = (name: string) => partitionOf(planned, name).queue;
  const counts = await countQueues(connections.ofQueue(0), [...new Set(partitions.map(queueOf))]);
  const rooms = new Map<RabbitmqConnection, ReceiveRoom>();
  const share = 1 / partitions.length;
  const slow = new Set<string>();
  const opening = partitions.map(async (name, index): Promise<Reader> => {
    const { kind, queue } = partitionOf(planned, name);
    const counted = counts.get(queue);
    if (counted === undefined || counted instanceof ConnectError) throw counted;
    const stored = positions.get(name);
    const common = { name, queue, onChange, share };
    if (kind === 'stream') return openStream({ config, logger, connections, stored, counted: counted.messageCount, common });
    const connection = connections.ofQueue(index);
    const room = rooms.get(connection) ?? new ReceiveRoom(connection.intake);
    rooms.set(connection, room);
    const { messageCount: depth, consumerCount: others } = counted;
    const stays = mayGo !== undefined && !mayGo.includes(queue);
    const consumes = config.readBy === 'consumer' || (config.readBy === 'auto' && (stays || others > 0));
    if (!consumes && config.readBy === 'auto' && depth > 0) slow.add(queue);
    return new QueueReader({ ...common, connection, room, depth, others, consumes, position: Number(stored ?? 0), logger });
  });
  const { notices, ...opened } = sorted(partitions, await Promise.allSettled(opening), config);
  return { ...opened, notices: slow.size === 0 ? notices : [...notices, readSlowly([...slow])] };
}

/** Names that a notice has room for. */
const NAMED = 5;

function readSlowly(queues: readonly string[]): string {
  const more = queues.length > NAMED ? ` and ${queues.length - NAMED} more` : '';
  const which = `${queues.slice(0, NAMED).join(', ')}${more}`;
  return `read message by message, more slowly, because RabbitMQ may delete a queue with its last consumer: ${which}; where no queue is auto-delete, set source.readBy to consumer, or give the user the permission configure and apply again`;
}

function sorted(
  partitions: readonly string[],
  results: ReadonlyArray<PromiseSettledResult<Reader>>,
  { missing }: RabbitmqSourceConfig,
): OpenedReaders {
  const readers: Reader[] = [];
  const stopped = new Map<string, ConnectError>();
  const notices: string[] = [];
  for (const [index, result] of results.entries()) {
    const name = partitions[index] as string;
    if (result.status === 'fulfilled') readers.push(result.value);
    else {
      const error = toConnectError(result.reason);
      if (error.code === 'NOT_FOUND' && missing === 'skip') notices.push(`${error.message}, and nothing is copied of it`);
      else stopped.set(name, error);
    }
  }
  return { readers, stopped, notices };
}

function partitionOf(planned: ReadonlyMap<string, PlannedPartition>, name: string): PlannedPartition {
  const found = planned.get(name);
  if (found === undefined)
    throw new ConnectError('INTERNAL', `no queue belongs to partition ${name}`, { remedy: 'apply the connector again' });
  return found;
}
