import { type ClientCache, ConnectError, type Finding, type Logger, type SinkRecord, type SourceRecord } from '../api/index.ts';
import type { TlsConfig } from '../kit/index.ts';
import type { PeekedMessage } from './peeked-message.ts';
import type { ShownMessage } from './shown-message.ts';
import type { StoredMessage } from './stored-message.ts';

export type { ShownMessage, StoredMessage };

/** The `rocketmq` section of a connector, secrets resolved. */
export interface RocketmqAccess {
  /**
   * `host:port` of a name server (9876) or of a proxy's remoting port (8080); several separated by `;`, tried in turn.
   * Not the proxy's gRPC port: over gRPC the proxy itself picks the queue of each request, so that no order would hold.
   */
  readonly endpoints: string;
  readonly namespace: string;
  /** True means TLS with Node's own trust. */
  readonly tls: boolean | TlsConfig;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly requestTimeoutMs: number;
  /** The largest message that the broker takes, in bytes: its maxMessageSize. Default 4 MiB, as the broker's. */
  readonly maxMessageBytes?: number;
  /** Of a sink: what it reads; see `messageFilter` in `src/config`. */
  readonly tags?: string | readonly string[];
  readonly filter?: string;
  /** Of a sink: it stores in its consumer group how far it is. Default true. */
  readonly reportOffsets?: boolean;
  readonly followResets?: boolean;
}

/** One topic, without its namespace, and how to reach it. */
export interface RocketmqConfig extends RocketmqAccess {
  readonly topic: string;
}

/** Topics, without their namespace. */
export interface NamedTopics {
  readonly names: readonly string[];
  /** What names them, for errors: `rocketmq.topics`. */
  readonly option: string;
}

/** Which messages of a queue are read: those with one of these tags, or those for which an SQL92 expression over their properties is true. */
export type MessageFilter = { readonly tags: readonly string[] } | { readonly sql: string };

/** A stretch of a queue that is to be read: from offset `from` up to and without `to`. About `maxBytes` of bodies may wait. */
export interface ReadRange {
  readonly from: number;
  readonly to: number;
  readonly maxBytes: number;
  /** Default: all messages are read. Those that it leaves out have `leftOut`. */
  readonly filter?: MessageFilter | undefined;
}

/** A message as RocketMQ takes it. */
export interface OutgoingMessage {
  readonly body: Buffer;
  readonly keys: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
  /** Consumers filter by it. Absent: none. */
  readonly tag?: string;
}

/** The messages of one send: an array, or a list whose `at` makes the message again each time, so that messages in flight are not kept. */
export type MessageList = Pick<readonly OutgoingMessage[], 'length' | 'at'>;

/** Sends to one topic. An instance serves one invocation or is kept warm. `send` calls may overlap. */
export interface TopicProducer {
  /** How many writable queues the topic has. The number is fixed while the producer lives. */
  readonly queues: number;
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

/** Checks address, credentials, topic (exists, NORMAL or unspecified type, writable) without sending. Options are named `rocketmq.*`. */
export type CheckTopic = (config: RocketmqConfig, logger: Logger) => Promise<Finding[]>;

/** What a run needs of this folder, behind one dynamic import (`src/rocketmq/index.ts`). */
export interface RocketmqModule {
  readonly openProducer: OpenProducer;
  /** See docs/architecture.md, message mapping. */
  readonly recordToMessage: (connector: string, record: SourceRecord) => OutgoingMessage;
}

/** Offsets of the oldest message that the broker still has, and of the next one that comes. */
export interface QueueBounds {
  readonly min: number;
  readonly max: number;
}

/** Messages of a queue from one place to another. */
export interface QueueMessages {
  /**
   * Resolves with the next messages, at least one (which may be `leftOut`), in the order of the queue; undefined behind the last one. One
   * call at a time. Rejects with MissingMessages where some are not there; with a ConnectError UNREACHABLE, TIMEOUT, THROTTLED, FORBIDDEN or NOT_FOUND.
   */
  next(): Promise<readonly StoredMessage[] | undefined>;
}

/** The queues of one or more topics, to be read at any place. No consumer loses a message by it. */
export interface TopicQueues {
  /** `topic:broker:queue` of each that may be read, as far as the topics could be looked up. */
  readonly names: readonly string[];
  /**
   * Asks a broker about its queue. `at` is an offset where there is likely to be no message, so that none is sent; default 0. Rejects with
   * a ConnectError, as `QueueMessages.next` does.
   */
  bounds(name: string, at?: number): Promise<QueueBounds>;
  /** Asks when the broker stored the message at `offset`, ms since 1970. Resolves with undefined where it has none there. */
  storedAt(name: string, offset: number): Promise<number | undefined>;
  /** Asks for the offset of the first message that was stored at `time`, ms since 1970, or later. */
  at(name: string, time: number): Promise<number>;
  read(name: string, stretch: ReadRange): QueueMessages;
  /** Asks for the offset that a consumer group has in a queue; `group` is without namespace. Resolves with undefined where it has none. */
  offsetOf(name: string, group: string): Promise<number | undefined>;
  /**
   * Sets the offsets of a consumer group, by queue; `group` is without namespace. Resolves with the queues whose offset somebody had reset
   * for the group. They have the given one now, or with `leave` the one that they were reset to. Rejects with a ConnectError.
   */
  tell(group: string, offsets: ReadonlyMap<string, number>, resets?: 'undo' | 'leave'): Promise<readonly string[]>;
  /** Nothing is asked again after it. Connections stay. */
  close(): void;
}

/** What the task of a sink needs of this folder, behind one dynamic import (`src/rocketmq/queues.ts`). */
export interface QueuesModule {
  /**
   * Finds the queues of the topics. Connections stay in `clients`. Where one of several topics can't be looked up, whoever asks for a queue
   * of it is told why. Throws the reason where none can be: ConnectError UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED or NOT_FOUND.
   */
  readonly openQueues: (config: RocketmqAccess, topics: NamedTopics, clients: ClientCache) => Promise<TopicQueues>;
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
  /** Asks for the offset of the first message that was stored at `time`, ms since 1970, or later, queue by queue. */
  readonly offsetsAt: (config: RocketmqAccess, names: readonly string[], time: number) => Promise<ReadonlyMap<string, number>>;
  /**
   * Asks for the offsets of a consumer group, whose name is without namespace; queues where it has none are left out. Throws ConnectError
   * FORBIDDEN for a user who may not subscribe with that group.
   */
  readonly groupOffsets: (config: RocketmqAccess, names: readonly string[], group: string) => Promise<ReadonlyMap<string, number>>;
}

/** Messages between these offsets are not there: RocketMQ has deleted them, or the topic was made again. */
export class MissingMessages extends Error {
  /** The first offset that has no message, and the one behind the last. */
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number) {
    super(`there are no messages at offsets ${from} to ${to - 1}`);
    this.name = 'MissingMessages';
    this.from = from;
    this.to = to;
  }
}

/** One message of a `send` is refused for good. Those before it are acknowledged, those after it were not sent. */
export class RefusedError extends ConnectError {
  /** The index of the refused message in the `messages` of the call. */
  readonly index: number;

  constructor(index: number, reason: string, cause?: unknown) {
    super('RECORD_REFUSED', reason, { cause });
    this.index = index;
  }
}

export interface PeekRequest {
  /** Which messages are wanted: the oldest, the newest, or those stored since a time, ms since 1970. */
  readonly from: 'start' | 'end' | number;
  /** The most messages, 1 to 1,000. */
  readonly limit: number;
  /** Goes on behind what an earlier answer held. `from` then counts for queues that it does not name. */
  readonly cursor?: Readonly<Record<string, number>>;
}

export interface PeekResult {
  readonly topic: string;
  /** The messages in the order in which they were stored, as far as brokers' clocks agree. */
  readonly messages: readonly PeekedMessage[];
  /** The offset to go on at, by `broker/queue`. */
  readonly cursor: Readonly<Record<string, number>>;
  /** There are more messages of those wanted: an answer holds about 4 MiB of bodies. */
  readonly isCut: boolean;
}
