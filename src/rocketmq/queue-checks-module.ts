import type { Finding } from '../api/index.ts';
import type { NamedTopics, RocketmqAccess } from './access.ts';
import type { Sharing } from './shared-queues.ts';
import type { MessageFilter, QueueBounds } from './topic-queues.ts';

/** What the planner needs of this folder for a sink, behind one dynamic import (`src/rocketmq/queue-checks.ts`). */
export interface QueueChecks {
  /**
   * Lists the topics of the namespace, without those that RocketMQ has for itself and for the retries and dead letters of consumer groups.
   * It has a finding where the endpoints do not list topics.
   */
  readonly listTopics: (config: RocketmqAccess) => Promise<{ readonly findings: readonly Finding[]; readonly names: readonly string[] }>;
  /**
   * Checks address, credentials, topics (exist, may be read, have offsets) and filter. Options are named `rocketmq.*`. Without findings, it
   * has all queues.
   */
  readonly checkQueues: (
    config: RocketmqAccess,
    topics: NamedTopics,
    filter?: MessageFilter,
  ) => Promise<{
    readonly findings: readonly Finding[];
    readonly queues: ReadonlyMap<string, QueueBounds>;
  }>;
  /**
   * Checks address, credentials, topics, filter and consumer group over gRPC, by starting as a consumer that receives nothing. Options are
   * named `rocketmq.*`.
   */
  readonly checkShared: (config: RocketmqAccess, topics: NamedTopics, sharing: Sharing) => Promise<readonly Finding[]>;
  /** Asks for the offset of the first message that was stored at `time`, ms since 1970, or later, queue by queue. */
  readonly offsetsAt: (config: RocketmqAccess, names: readonly string[], time: number) => Promise<ReadonlyMap<string, number>>;
  /**
   * Asks for the offsets of a consumer group, whose name is without namespace; queues where it has none are left out. Throws ConnectError
   * FORBIDDEN for a user who may not subscribe with that group.
   */
  readonly groupOffsets: (config: RocketmqAccess, names: readonly string[], group: string) => Promise<ReadonlyMap<string, number>>;
}
