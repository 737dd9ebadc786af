import { tlsConnectOptions } from '../kit/index.ts';
import { RemotingClient } from './remoting/client.ts';
import { RemotingProducer } from './remoting-producer.ts';
import { fullTopic, inspectTopic } from './topic-inspection.ts';
import type { OpenProducer, RocketmqConfig } from './types.ts';

export function remotingClient({ tls, accessKey, secretKey }: RocketmqConfig): RemotingClient {
  const encryption = typeof tls === 'boolean' ? (tls ? { rejectUnauthorized: true } : undefined) : tlsConnectOptions(tls);
  return new RemotingClient({
    ...(encryption && { tls: encryption }),
    ...(accessKey !== undefined && secretKey !== undefined && { credentials: { accessKey, secretKey } }),
  });
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
