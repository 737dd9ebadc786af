import type { StoredMessage } from './stored-message.ts';
import type { MessageFilter } from './topic-queues.ts';

/** How a connector shares queues with others of its consumer group. */
export interface Sharing {
  /** Name of the group, without namespace. It must exist. */
  readonly group: string;
  /** How long a message that was received is invisible to others, ms. It is renewed while the message is held. */
  readonly invisibleMs: number;
  /** Default: all messages. */
  readonly filter?: MessageFilter | undefined;
}

/** A message that was received and is invisible to others. */
export interface SharedMessage {
  /** Without namespace. */
  readonly topic: string;
  /**
   * Where it is stored: `topic:broker:queue`. One that comes again is in the group's topic for retries by then, and has its place there:
   * `%RETRY%group_topic:broker:queue`.
   */
  readonly partition: string;
  readonly message: StoredMessage;
}

/** Topics whose messages go to whichever consumer of a group asks for them, as one run sees them. */
export interface SharedQueues {
  /** The next message of a queue comes only after the one before is acknowledged. */
  readonly isFifo: boolean;
  /** From so many places messages are received: from each broker for each topic. At least one. */
  readonly places: number;
  /** Messages that have come so far, also those of answers that are not whole yet. */
  readonly arrived: number;
  /**
   * Receives up to `most` messages from a place. Resolves with none after some seconds, or once the signal is aborted: what comes
   * right after that is late by three seconds. Rejects with a ConnectError.
   */
  receive(place: number, most: number, signal: AbortSignal): Promise<readonly SharedMessage[]>;
  /**
   * Resolves when each proxy has answered several small requests in a row: however slow proxies and network are, a receive is no slower.
   * Proxies answer without their brokers. Rejects with a ConnectError.
   */
  roundTrips(): Promise<void>;
  /**
   * Resolves when RocketMQ has taken it down, with the number of messages that come again in spite of it: they were held for too long.
   * Rejects with a ConnectError: nothing is known of the messages then, and they are not held any more.
   */
  acknowledge(messages: readonly SharedMessage[]): Promise<number>;
  /** Lets all messages that are held come again, at once where RocketMQ can be asked. Resolves after `ms` at the latest. Never rejects. */
  giveBack(ms: number): Promise<void>;
  /** Ends everything. Messages that are still held come again when their time is over. Never rejects. */
  close(): Promise<void>;
}
