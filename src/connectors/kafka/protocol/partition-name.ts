import { ConnectError } from '../../../api/index.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `orders-0`: topic and partition number, as positions and task configs name a partition. Topic names may hold `-`. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** The inverse; undefined when `name` is not a partition name. */
export function parsePartitionName(name: string): TopicPartition | undefined {
  const match = /^(?<topic>.+)-(?<partition>0|[1-9]\d{0,8})$/.exec(name);
  if (match?.groups === undefined) return undefined;
  return { topic: match.groups.topic as string, partition: Number(match.groups.partition) };
}

/** As `parsePartitionName`, for a name that a plan gave. */
export function plannedPartition(name: string): TopicPartition {
  const parsed = parsePartitionName(name);
  if (parsed === undefined) throw new ConnectError('INTERNAL', `task config: ${JSON.stringify(name)} is not a Kafka partition`);
  return parsed;
}
