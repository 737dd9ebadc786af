import type { RocketmqAccess, RocketmqConfig } from './access.ts';

/**
 * Returns how to reach the dead-letter topic of a connector. It is a topic for plain messages, whatever the topics of its records are, and
 * its messages are delivered at once.
 */
export function forDeadLetters(access: RocketmqAccess, topic: string): RocketmqConfig {
  const { deliverAfter: _, deliverAtHeader: __, ...rest } = access;
  return { ...rest, topic, order: 'none', plainOnly: true };
}
