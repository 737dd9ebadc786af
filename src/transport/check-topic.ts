import { checkTopic as checkByRemoting } from '../rocketmq/preflight.ts';
import type { CheckTopic } from '../rocketmq/types.ts';

/** Checks a topic over the protocol that is configured; see `CheckTopic`. */
export const checkTopic: CheckTopic = async (config, logger) => {
  const check = config.protocol === 'grpc' ? (await import('../rocketmq/grpc/check-topic.ts')).checkTopic : checkByRemoting;
  return check(config, logger);
};
