import type { StoredMessage } from './stored-message.ts';
import type { QueuePart } from './topic-reader.ts';
import type { TopicQueue } from './topic-route.ts';

export interface NamedPart extends QueuePart {
  readonly name: string;
  readonly queue: TopicQueue;
}

export interface Merged {
  readonly shown: ReadonlyArray<{ readonly queue: TopicQueue; readonly message: StoredMessage }>;
  /** Where to go on, by queue: behind what is shown, and with `newest` behind all that was read. */
  readonly next: Readonly<Record<string, number>>;
}

/**
 * Merges messages of several queues by the time at which they were stored. Returns the first ones, or the last ones (`newest`), at most
 * `limit` and about `maxBytes` of bodies. Messages of one queue keep their order, also where the broker's clock went back.
 */
export function mergeByTime(parts: readonly NamedPart[], limit: number, maxBytes: number, newest: boolean): Merged {
  const all = parts.flatMap(({ name, queue, messages }) => {
    let latest = 0;
    return messages.map((message) => {
      latest = Math.max(latest, message.storedAt);
      return { name, queue, message, at: latest };
    });
  });
  all.sort((a, b) => a.at - b.at);
  const chosen = newest ? fitting(all.toReversed(), limit, maxBytes).toReversed() : fitting(all, limit, maxBytes);
  const next = Object.fromEntries(parts.map((part) => [part.name, part.next]));
  if (!newest) {
    for (const { name, messages } of parts) {
      const shown = chosen.filter((entry) => entry.name === name).length;
      const rest = messages[shown];
      if (rest !== undefined) next[name] = rest.offset;
    }
  }
  return { shown: chosen, next };
}

/** Returns the first entries that fit, at least one: a large message can't hold up those behind it. */
function fitting<T extends { readonly message: StoredMessage }>(entries: readonly T[], limit: number, maxBytes: number): T[] {
  let bytes = 0;
  const end = entries.slice(0, limit).findIndex(({ message }, index) => {
    bytes += message.body.length;
    return bytes > maxBytes && index > 0;
  });
  return entries.slice(0, end < 0 ? limit : end);
}
