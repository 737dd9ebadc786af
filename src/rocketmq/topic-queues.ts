import type { StoredMessage } from './stored-message.ts';

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
