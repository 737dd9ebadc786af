import { proxyRoutes } from '../infra/local/rocketmq-admin/proxy-route.ts';
import type { RocketmqAdmin, TopicOptions } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';

/** Makes a topic that the proxy routes, too. */
export async function routedTopic(
  admin: RocketmqAdmin,
  { rocketmqGrpc }: Pick<StackAddresses, 'rocketmqGrpc'>,
  topic: string,
  options: TopicOptions & { readonly queues: number },
): Promise<void> {
  await admin.createTopic(topic, options);
  await proxyRoutes(rocketmqGrpc, topic, options.queues);
}
