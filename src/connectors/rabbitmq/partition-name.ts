export interface PlannedPartition {
  readonly kind: 'queue' | 'stream';
  readonly queue: string;
  /** Of those that share the queue, from 0. */
  readonly consumer: number;
}

interface PartitionOptions {
  readonly queues?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly consumersPerQueue: number;
}

/** The partitions of a configuration by name: `orders`; `orders@0`, `orders@1` where consumers share the queue. */
export function plannedPartitions({
  queues = [],
  streams = [],
  consumersPerQueue,
}: PartitionOptions): ReadonlyMap<string, PlannedPartition> {
  const ofQueues = Array.from({ length: consumersPerQueue }, (_, consumer) =>
    queues.map((queue): [string, PlannedPartition] => [
      consumersPerQueue === 1 ? queue : `${queue}@${consumer}`,
      { kind: 'queue', queue, consumer },
    ]),
  );
  const ofStreams = streams.map((queue): [string, PlannedPartition] => [queue, { kind: 'stream', queue, consumer: 0 }]);
  return new Map([...ofQueues.flat(), ...ofStreams]);
}
