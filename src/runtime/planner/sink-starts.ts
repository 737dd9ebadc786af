import { ConnectError, type Position, type TaskConfig } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { SinkOptions } from '../../config/sink-options.ts';
import { topicOfQueue } from '../../kit/index.ts';
import type { QueueBounds } from '../../rocketmq/types.ts';
import type { InForce } from '../run/in-force.ts';
import type { PlannerDeps } from './planner-deps.ts';

export interface Planned {
  readonly split: readonly TaskConfig[];
  readonly current: readonly InForce[];
  readonly queues: ReadonlyMap<string, QueueBounds>;
  /** A plan of the connector was in force before, whether it had queues or not. */
  readonly wasPlanned: boolean;
}

/**
 * Returns where new queues begin by `sink.startAt`; a queue that is not named begins with the first message that it has. Queues that come
 * to a topic which is read already are not named, nor are those of topics that a pattern selects after the first plan: no message of them
 * may be missed. The plan settles it, so that `latest` means the same whenever the first run begins. Throws CONFIG_INVALID for an offset
 * that a queue does not have, and for a group that is in no queue.
 */
export async function sinkStarts(
  spec: ConnectorSpec,
  { split, current, queues, wasPlanned }: Planned,
  deps: PlannerDeps,
): Promise<ReadonlyMap<string, Position>> {
  const { startAt = 'earliest' } = spec.system as SinkOptions;
  // A pattern says that its topics are wanted before they exist; a topic that is added to a list starts where `startAt` says.
  const isLater = wasPlanned && spec.rocketmq.topicsPattern !== undefined;
  if (startAt === 'earliest' || isLater) return new Map();
  const before = current.flatMap(({ planned }) => planned.taskConfig.partitions);
  const readTopics = new Set(before.map(topicOfQueue));
  const isNew = (name: string) => !readTopics.has(topicOfQueue(name));
  const names = split.flatMap(({ partitions }) => partitions).filter(isNew);
  if (names.length === 0) return new Map();
  if (startAt === 'latest') return positions(names, (name) => queues.get(name)?.max);
  if ('offsets' in startAt) {
    refuseUnknown(startAt.offsets, queues);
    return positions(names, (name) => startAt.offsets[name]);
  }
  const { offsetsAt, groupOffsets } = await deps.loadQueueChecks();
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: spec.rocketmq });
  if ('timestamp' in startAt) {
    const found = await offsetsAt(rocketmq, names, new Date(startAt.timestamp).getTime());
    return positions(names, (name) => found.get(name));
  }
  const found = await groupOffsets(rocketmq, names, startAt.group);
  if (found.size === 0) throw isNowhere(startAt.group, [...new Set(names.map(topicOfQueue))]);
  return positions(names, (name) => found.get(name));
}

/** A name that is misspelt must not copy everything once more. */
const isNowhere = (group: string, topics: readonly string[]): ConnectError =>
  new ConnectError(
    'CONFIG_INVALID',
    `sink.startAt.group: consumer group ${group} has no offset in any queue of topic ${topics.join(', ')}`,
    {
      remedy: 'name a group that has consumed it, or set sink.startAt to earliest',
    },
  );

function positions(names: readonly string[], offsetOf: (name: string) => number | undefined): Map<string, Position> {
  return new Map(
    names.flatMap((name): Array<[string, Position]> => {
      const offset = offsetOf(name);
      return offset === undefined ? [] : [[name, String(offset)]];
    }),
  );
}

function refuseUnknown(offsets: Readonly<Record<string, number>>, queues: ReadonlyMap<string, QueueBounds>): void {
  for (const [name, offset] of Object.entries(offsets)) {
    const bounds = queues.get(name);
    if (bounds === undefined) {
      const remedy = `name its queues: ${[...queues.keys()].slice(0, 5).join(', ')}${queues.size > 5 ? ' and others' : ''}`;
      throw new ConnectError('CONFIG_INVALID', `sink.startAt.offsets: the topics that are read have no queue ${name}`, { remedy });
    }
    if (offset >= bounds.min && offset <= bounds.max) continue;
    throw new ConnectError('CONFIG_INVALID', `sink.startAt.offsets: queue ${name} has no offset ${offset}`, {
      remedy: `set it to one from ${bounds.min} to ${bounds.max}`,
    });
  }
}
