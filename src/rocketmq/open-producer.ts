import { RemotingClient } from './remoting/client.ts';
import { RemotingProducer } from './remoting-producer.ts';
import { fullTopic, inspectTopic } from './topic-inspection.ts';
import type { OpenProducer, RocketmqConfig } from './types.ts';

export function remotingClient({ tls, accessKey, secretKey }: RocketmqConfig): RemotingClient {
  return new RemotingClient(accessKey !== undefined && secretKey !== undefined ? { tls, credentials: { accessKey, secretKey } } : { tls });
}

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
