import { type Pulled, QueueReader } from './queue-reader.ts';
import type { StoredMessage } from './stored-message.ts';
import type { MessageFilter, QueueMessages, ReadRange } from './types.ts';

/** The answer to one pull. */
export interface PullAnswer extends Pulled {
  /** There is nothing at the offset that was asked for, whatever the filter: `next` is the nearest place. */
  readonly isElsewhere: boolean;
}

/** Asks the broker once; with a filter, for messages that it takes. */
export type Pull = (offset: number, count: number, filter?: MessageFilter) => Promise<PullAnswer>;

const NO_BODY = Buffer.alloc(0);
const NO_PROPERTIES: ReadonlyMap<string, string> = new Map();

/** Reads a stretch of a queue by pulls. */
export function readByPulls(pull: Pull, { filter, ...range }: ReadRange): QueueMessages {
  if (filter === undefined) return new QueueReader({ ...range, pull });
  return new QueueReader({ ...range, pull: (offset, count) => pullMatching(pull, offset, count, filter) });
}

/**
 * Pulls messages from `offset` on that `filter` takes, in place of `count` offsets at most. Those that it leaves out have `leftOut`, so
 * that offsets stay dense and the reader sees what is missing.
 * A broker passes over messages that its retention removed in the same way as over those that the filter leaves out, and does not say so.
 * But it removes the oldest messages first: while the first of those left out is there, it has removed none behind it.
 */
export async function pullMatching(pull: Pull, offset: number, count: number, filter: MessageFilter): Promise<Pulled> {
  const { messages, next, isElsewhere } = await pull(offset, count, filter);
  const end = Math.min(next, offset + count);
  if (isElsewhere || end <= offset) return { messages: [], next };
  const found = new Map(messages.filter((message) => takes(filter, message)).map((message) => [message.offset, message]));
  const first = firstMissing(found, offset, end);
  if (first === end) return { messages: inOrder(found, offset, end), next: end };
  const last = end - 1;
  const [front, back] = await Promise.all([pull(first, 1), found.has(last) ? undefined : pull(last, 1)]);
  if (front.messages[0]?.offset !== first) {
    const behind = front.messages[0]?.offset ?? front.next;
    return first > offset ? { messages: inOrder(found, offset, first), next: first } : { messages: [], next: behind };
  }
  const known = back?.messages[0];
  for (let at = first; at < end; at += 1) if (!found.has(at)) found.set(at, leftOut(at, known?.offset === at ? known.storedAt : 0));
  return { messages: inOrder(found, offset, end), next: end };
}

function firstMissing(found: ReadonlyMap<number, unknown>, from: number, to: number): number {
  for (let offset = from; offset < to; offset += 1) if (!found.has(offset)) return offset;
  return to;
}

const inOrder = (found: ReadonlyMap<number, StoredMessage>, from: number, to: number): StoredMessage[] =>
  Array.from({ length: to - from }, (_, index) => found.get(from + index) as StoredMessage);

/** A broker compares hashes of tags, and several tags have the same. */
const takes = (filter: MessageFilter, { properties }: StoredMessage): boolean =>
  'sql' in filter || filter.tags.includes(properties.get('TAGS') ?? '');

const leftOut = (offset: number, storedAt: number): StoredMessage => ({
  queue: 0,
  offset,
  body: NO_BODY,
  properties: NO_PROPERTIES,
  bornAt: 0,
  storedAt,
  leftOut: true,
});
