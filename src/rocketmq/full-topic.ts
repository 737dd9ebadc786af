import type { RocketmqConfig } from './types.ts';

/** Returns RocketMQ's own name for a topic in a namespace. */
export const fullTopic = ({ namespace, topic }: Pick<RocketmqConfig, 'namespace' | 'topic'>): string =>
  namespace === '' ? topic : `${namespace}%${topic}`;
