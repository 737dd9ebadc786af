import { openProducer as openByRemoting } from '../rocketmq/open-producer.ts';
import type { OpenProducer } from '../rocketmq/types.ts';

/** Opens a producer over the protocol that is configured; see `OpenProducer`. */
export const openProducer: OpenProducer = async (config, logger) => {
  const open = config.protocol === 'grpc' ? (await import('../rocketmq/grpc/open-producer.ts')).openProducer : openByRemoting;
  return open(config, logger);
};
