import type { ClientCache, SinkRecord } from '../api/index.ts';
import type { NamedTopics, RocketmqAccess } from './access.ts';
import type { SharedQueues, Sharing } from './shared-queues.ts';
import type { ShownMessage } from './shown-message.ts';
import type { StoredMessage } from './stored-message.ts';
import type { OutgoingMessage } from './topic-producer.ts';
import type { TopicQueues } from './topic-queues.ts';

/** What the task of a sink needs of this folder, behind one dynamic import (`src/rocketmq/queues.ts`). */
export interface QueuesModule {
  /**
   * Finds the queues of the topics. Connections stay in `clients`. Where one of several topics can't be looked up, whoever asks for a queue
   * of it is told why. Throws the reason where none can be: ConnectError UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED or NOT_FOUND.
   */
  readonly openQueues: (config: RocketmqAccess, topics: NamedTopics, clients: ClientCache) => Promise<TopicQueues>;
  /**
   * Opens the topics as one consumer of a group, over gRPC, for one run. Throws ConnectError: UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED,
   * FORBIDDEN, or NOT_FOUND for a topic or group that does not exist.
   */
  readonly openShared: (config: RocketmqAccess, topics: NamedTopics, sharing: Sharing) => Promise<SharedQueues>;
  /** Lists the topics of the namespace, as `QueueChecks` does. Throws what it finds. */
  readonly listTopics: (config: RocketmqAccess, clients: ClientCache) => Promise<readonly string[]>;
  /** Throws RECORD_REFUSED for a message that is no record. */
  readonly messageToSinkRecord: (topic: string, partition: string, message: StoredMessage) => SinkRecord;
  /** The message as a producer gave it, to be sent to another topic. */
  readonly storedToMessage: (message: StoredMessage) => OutgoingMessage;
}

/** What the planner needs of this folder for dead letters, behind one dynamic import (`src/rocketmq/letters.ts`). */
export interface LettersModule extends QueuesModule {
  /** The message as people and scripts read it, with at most `maxBytes` of its value. */
  readonly showMessage: (message: StoredMessage, maxBytes: number) => ShownMessage;
}
