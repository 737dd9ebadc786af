import type { ClientCache } from '../api/index.ts';
import { toConnectError } from '../api/index.ts';
import { clientKey } from '../kit/index.ts';
import { aboutOption } from './about-option.ts';
import { findRoutes } from './find-routes.ts';
import { listTopics as list } from './list-topics.ts';
import { readsNoOffsets } from './over-grpc.ts';
import { QueueAccess } from './queue-access.ts';
import type { RemotingClient } from './remoting/client.ts';
import { remotingClient } from './remoting-client.ts';
import type { QueuesModule, RocketmqAccess } from './types.ts';

/** What the task of a sink needs of RocketMQ; see `QueuesModule`. */
export { messageToSinkRecord, storedToMessage } from './sink-record.ts';

export const openQueues: QueuesModule['openQueues'] = async (config, { names, option }, clients) => {
  if (config.protocol === 'grpc') throw readsNoOffsets();
  const client = await cachedClient(config, clients);
  const routes = await findRoutes(client, config, names).catch((error: unknown) => {
    throw aboutOption(toConnectError(error), option);
  });
  return new QueueAccess({ client, config, routes, option });
};

/** Only a sink that shares its queues loads RocketMQ's own client. */
export const openShared: QueuesModule['openShared'] = async (config, topics, sharing) =>
  (await import('./open-shared.ts')).openShared(config, topics, sharing);

export const listTopics: QueuesModule['listTopics'] = async (config, clients) => list(await cachedClient(config, clients), config);

function cachedClient(config: RocketmqAccess, clients: ClientCache): Promise<RemotingClient> {
  const { endpoints, tls, accessKey, secretKey } = config;
  return clients.get(
    clientKey('rocketmq', [endpoints, tls, accessKey, secretKey]),
    async () => remotingClient(config),
    (opened) => opened.close(),
  );
}
