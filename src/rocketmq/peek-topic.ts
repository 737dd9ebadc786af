import pMap from 'p-map';
import { mergeByTime } from './merge-by-time.ts';
import { peeked } from './peeked-message.ts';
import { type QueuePart, TopicReader } from './topic-reader.ts';
import type { TopicQueue } from './topic-route.ts';
import type { PeekRequest, PeekResult, RocketmqConfig } from './types.ts';

const QUEUES_AT_ONCE = 8;
/** Of all messages together: a function's answer has a bound. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Shows messages of a topic; no consumer loses one. Throws ConnectError as `TopicReader` does. */
export async function peekTopic(config: RocketmqConfig, { from, limit, cursor = {} }: PeekRequest): Promise<PeekResult> {
  const reader = await TopicReader.open(config);
  try {
    const read = async (queue: TopicQueue): Promise<QueuePart & { readonly name: string; readonly queue: TopicQueue }> => {
      const name = `${queue.broker}/${queue.id}`;
      const { min, max } = await reader.range(queue);
      const known = cursor[name];
      const begin = known ?? (from === 'start' ? min : from === 'end' ? Math.max(min, max - limit) : await reader.at(queue, from));
      return { name, queue, ...(await reader.read(queue, begin, max, limit, MAX_BYTES)) };
    };
    const parts = await pMap(reader.queues, read, { concurrency: QUEUES_AT_ONCE });
    const newest = from === 'end' && Object.keys(cursor).length === 0;
    const { shown, next } = mergeByTime(parts, limit, MAX_BYTES, newest);
    return { topic: config.topic, messages: shown.map(({ queue, message }) => peeked(queue, message)), cursor: next };
  } finally {
    reader.close();
  }
}
