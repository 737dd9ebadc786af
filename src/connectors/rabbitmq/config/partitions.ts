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

/** What a plan tells a task besides its configuration. */
export interface RabbitmqTaskOptions {
  /** Queues of the task that the pattern found. */
  readonly foundQueues?: readonly string[];
  /** Streams of the task that belong to super streams. */
  readonly foundStreams?: readonly string[];
  /** Queues of the task that may be deleted with their last consumer. Absent where nobody told: any may. */
  readonly mayGo?: readonly string[];
}
