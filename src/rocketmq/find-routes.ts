import pMap from 'p-map';
import { ConnectError, toConnectError } from '../api/index.ts';
import { fullTopic } from './full-topic.ts';
import type { RemotingClient } from './remoting/client.ts';
import { findRoute, type TopicRoute } from './topic-route.ts';
import type { RocketmqAccess } from './types.ts';

const TOPICS_AT_ONCE = 16;

/** Where the queues of each topic are, or why that can't be had. */
export type TopicRoutes = ReadonlyMap<string, TopicRoute | ConnectError>;

/** Looks topics up, given without their namespace. Rejects with the first reason where none can be had. */
export async function findRoutes(client: RemotingClient, config: RocketmqAccess, topics: readonly string[]): Promise<TopicRoutes> {
  const { endpoints, namespace, requestTimeoutMs } = config;
  const find = async (topic: string) => {
    const route = await findRoute(client, endpoints, fullTopic({ namespace, topic }), requestTimeoutMs).catch(toConnectError);
    return [topic, route] as const;
  };
  const found = await pMap(topics, find, { concurrency: TOPICS_AT_ONCE });
  const [first] = found;
  if (first?.[1] instanceof ConnectError && found.every(([, route]) => route instanceof ConnectError)) throw first[1];
  return new Map(found);
}
