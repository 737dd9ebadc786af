import type { NamedTopics } from '../../../src/rocketmq/types.ts';

/** The topic of a connector that reads one. */
export const named = (topic: string): NamedTopics => ({ names: [topic], option: 'rocketmq.topic' });
