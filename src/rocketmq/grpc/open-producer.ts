import type { OpenProducer } from '../types.ts';
import { GrpcProducer } from './grpc-producer.ts';
import { openTopic } from './open-topic.ts';

/** Connects and checks the topic; see `OpenProducer`. */
export const openProducer: OpenProducer = async (config, logger) => {
  const { client, topic } = await openTopic(config);
  return new GrpcProducer(client, config, topic, logger);
};
