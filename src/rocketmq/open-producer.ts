import { fullTopic } from './full-topic.ts';
import { remotingClient } from './remoting-client.ts';
import { RemotingProducer } from './remoting-producer.ts';
import { inspectTopic } from './topic-inspection.ts';
import type { OpenProducer } from './types.ts';

/** Connects and checks the topic; see `OpenProducer`. */
export const openProducer: OpenProducer = async (config, logger) => {
  const client = remotingClient(config);
  try {
    const route = await inspectTopic(client, config);
    return new RemotingProducer(client, config, fullTopic(config), route, logger);
  } catch (error) {
    client.close();
    throw error;
  }
};
