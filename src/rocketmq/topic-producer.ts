import { ConnectError, type Finding, type Logger, type SourceRecord } from '../api/index.ts';
import type { RocketmqConfig } from './access.ts';

/** A message as RocketMQ takes it. */
export interface OutgoingMessage {
  readonly body: Buffer;
  readonly keys: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
  /** Consumers filter by it. Absent: none. */
  readonly tag?: string;
  /** Messages of one group keep their order. FIFO topics need it; others ignore it. */
  readonly group?: string;
  /** When consumers get the message, ms since 1970; at once where that is past. DELAY topics need it; others ignore it. */
  readonly deliverAt?: number;
}

/** The topics that take more than plain messages, by RocketMQ's own names of their types. */
export type SpecialTopic = 'FIFO' | 'DELAY';

/** The messages of one send: an array, or a list whose `at` makes the message again each time, so that messages in flight are not kept. */
export type MessageList = Pick<readonly OutgoingMessage[], 'length' | 'at'>;

/** Sends to one topic. An instance serves one invocation or is kept warm. `send` calls may overlap. */
export interface TopicProducer {
  /** How many writable queues the topic has. The number is fixed while the producer lives. */
  readonly queues: number;
  /** What the topic is for. Absent: plain messages. */
  readonly topicType?: SpecialTopic;
  /**
   * Says why RocketMQ would refuse this message for good (size, properties). Undefined where it would not. It is cheap; `send` asks, too.
   */
  problem(message: OutgoingMessage): string | undefined;
  /**
   * Sends the messages to one queue, in this order and after those of earlier calls for that queue. One request is in flight per queue, of
   * at most 4 MiB, or one larger message where `maxMessageBytes` allows it. Resolves when RocketMQ has acknowledged all of them. Retries on
   * the same queue until `deadline` (ms since 1970). Rejects with a retriable ConnectError when that passes, or with RefusedError when one
   * message is refused for good; later calls for that queue that are already waiting reject, too, unsent, so that order holds.
   */
  send(queue: number, messages: MessageList, deadline: number): Promise<void>;
  /** Rejects what is on its way. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens a producer. Throws ConnectError UNREACHABLE, AUTH_FAILED, NOT_FOUND (topic), WRONG_KIND (message type) or FORBIDDEN within
 * `requestTimeoutMs` + 2 s.
 */
export type OpenProducer = (config: RocketmqConfig, logger: Logger) => Promise<TopicProducer>;

/** Checks address, credentials, topic (exists, its type goes with the configuration, writable) without sending. Options are named `rocketmq.*`. */
export type CheckTopic = (config: RocketmqConfig, logger: Logger) => Promise<Finding[]>;

/** What a run needs of this folder, behind one dynamic import (`src/rocketmq/index.ts`). */
export interface RocketmqModule {
  readonly openProducer: OpenProducer;
  /** See docs/architecture.md, message mapping. */
  readonly recordToMessage: (connector: string, record: SourceRecord) => OutgoingMessage;
}

/** One message of a `send` is refused for good. Those before it are acknowledged, those after it were not sent, except `stored`. */
export class RefusedError extends ConnectError {
  /** The index of the refused message in the `messages` of the call. */
  readonly index: number;
  /** The indexes of messages behind it that are acknowledged nevertheless, where several requests are in flight. */
  readonly stored: ReadonlySet<number>;

  constructor(index: number, reason: string, cause?: unknown, stored: ReadonlySet<number> = new Set()) {
    super('RECORD_REFUSED', reason, { cause });
    this.index = index;
    this.stored = stored;
  }
}
