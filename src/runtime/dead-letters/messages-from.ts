import { MissingMessages, type StoredMessage, type TopicQueues } from '../../rocketmq/types.ts';

/** Where reading of a queue goes on, and the offset at which it ends: the end as it was when the command began. */
export interface ScanPlace {
  next: number;
  readonly end: number;
}

/** Some messages of one queue, or a gap in it. */
export interface QueueStretch {
  readonly queue: string;
  readonly place: ScanPlace;
  readonly messages: readonly StoredMessage[];
  /** How many messages are not there behind these. */
  readonly missing: number;
}

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads the queues one after the other, each from its place to its end. `next` of a place stands behind what was given. Throws as `QueueMessages.next` does.
 */
export async function* messagesFrom(queues: TopicQueues, places: Readonly<Record<string, ScanPlace>>): AsyncGenerator<QueueStretch> {
  for (const [queue, place] of Object.entries(places)) {
    let gap: MissingMessages | undefined;
    while (place.next < place.end) {
      const reader = queues.read(queue, { from: place.next, to: gap?.from ?? place.end, maxBytes: MAX_BYTES });
      try {
        for (let messages = await reader.next(); messages !== undefined; messages = await reader.next()) {
          place.next = (messages.at(-1) as StoredMessage).offset + 1;
          yield { queue, place, messages, missing: 0 };
        }
      } catch (error) {
        // Messages before the gap came with it.
        if (!(error instanceof MissingMessages)) throw error;
        gap = error;
        if (gap.from > place.next) continue;
      }
      if (gap === undefined) break;
      const missing = gap.to - place.next;
      place.next = gap.to;
      gap = undefined;
      yield { queue, place, messages: [], missing };
    }
  }
}
