import { clientKey } from '../kit/index.ts';
import { fullTopic } from './full-topic.ts';
import { QueueAccess } from './queue-access.ts';
import { remotingClient } from './remoting-client.ts';
import { findRoute } from './topic-route.ts';
import type { QueuesModule } from './types.ts';

/** What the task of a sink needs of RocketMQ; see `QueuesModule`. */
export { messageToSinkRecord, storedToMessage } from './sink-record.ts';

export const openQueues: QueuesModule['openQueues'] = async (config, clients) => {
  const { endpoints, tls, accessKey, secretKey, requestTimeoutMs } = config;
  const client = await clients.get(
    clientKey('rocketmq', [endpoints, tls, accessKey, secretKey]),
    async () => remotingClient(config),
    (opened) => opened.close(),
  );
  const route = await findRoute(client, endpoints, fullTopic(config), requestTimeoutMs);
  return new QueueAccess({ client, config, route });
};
