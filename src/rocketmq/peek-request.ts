import type { PeekedMessage } from './peeked-message.ts';

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
