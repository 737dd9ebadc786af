import type { PollLimit } from '../../../api/index.ts';
import { RECEIVE_ROOM_BYTES } from '../../../kit/index.ts';

/**
 * Until RocketMQ has taken a first message: what is sent ahead and goes back counts as delivered, and queues with a delivery
 * limit give up messages that were delivered too often.
 */
export const FIRST_WINDOW = 16;
const LARGEST_WINDOW = 10_000;
/** Several polls' messages are on their way to RocketMQ at once, and the server should have sent the next by then. */
const POLLS_AHEAD = 4;
/** A change costs two round trips. */
const WORTH_A_CHANGE = 2;

/**
 * How many messages a queue may send ahead, where that should be another number than now; else undefined. `share`: part of
 * the room for this partition, from 0 to 1. `wanted`: messages that the run still wants of the queue.
 */
export function nextWindow(
  now: number,
  averageBytes: number,
  share: number,
  wanted: number,
  { maxRecords, maxBytes }: PollLimit,
): number | undefined {
  const fitting = Math.floor(Math.min(RECEIVE_ROOM_BYTES * share, maxBytes * POLLS_AHEAD) / Math.max(averageBytes, 1));
  const best = Math.max(1, Math.min(fitting, LARGEST_WINDOW, maxRecords, wanted));
  return best >= now * WORTH_A_CHANGE || best * WORTH_A_CHANGE <= now ? best : undefined;
}
