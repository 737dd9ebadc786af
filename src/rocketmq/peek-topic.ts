import pMap from 'p-map';
import { mergeByTime, type NamedPart } from './merge-by-time.ts';
import { peeked } from './peeked-message.ts';
import { TopicReader } from './topic-reader.ts';
import type { TopicQueue } from './topic-route.ts';
import type { PeekRequest, PeekResult, RocketmqConfig } from './types.ts';

const QUEUES_AT_ONCE = 8;
/** All messages together have no more: a function's answer has a bound. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Shows messages of a topic. No consumer loses one. Throws ConnectError as `TopicReader` does. */
export async function peekTopic(config: RocketmqConfig, { from, limit, cursor = {} }: PeekRequest): Promise<PeekResult> {
  const newest = from === 'end' && Object.keys(cursor).length === 0;
  const reader = await TopicReader.open(config);
  try {
    const read = async (queue: TopicQueue): Promise<ReadPart> => {
      const name = `${queue.broker}/${queue.id}`;
      const { min, max } = await reader.range(queue);
      if (newest) {
        const messages = await reader.readNewest(queue, min, max, limit, MAX_BYTES);
        return { name, queue, messages, next: max, isLeft: (messages[0]?.offset ?? max) > min };
      }
      const begin = cursor[name] ?? (from === 'start' ? min : from === 'end' ? Math.max(min, max - limit) : await reader.at(queue, from));
      const part = await reader.read(queue, begin, max, limit, MAX_BYTES);
      return { name, queue, ...part, isLeft: part.next < max };
    };
    const parts = await pMap(reader.queues, read, { concurrency: QUEUES_AT_ONCE });
    const { shown, next } = mergeByTime(parts, limit, MAX_BYTES, newest);
    const received = parts.reduce((sum, { messages }) => sum + messages.length, 0);
    const isCut = shown.length < limit && (shown.length < received || parts.some(({ isLeft }) => isLeft));
    return { topic: config.topic, messages: shown.map(({ queue, message }) => peeked(queue, message)), cursor: next, isCut };
  } finally {
    reader.close();
  }
}

interface ReadPart extends NamedPart {
  /** The queue has more in this direction. */
  readonly isLeft: boolean;
}
