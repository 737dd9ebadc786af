import type { TopicQueue } from './topic-route.ts';

/** Returns the name of a queue, by which a sink knows it as a partition. `topic` is without its namespace. */
export const queueName = (topic: string, { broker, id }: TopicQueue): string => `${topic}:${broker}:${id}`;
