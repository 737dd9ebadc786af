import pMap from 'p-map';
import { ConnectError, type Finding, toConnectError } from '../api/index.ts';
import { checkFilter, type FilterOn, optionOf, refuseAllTaking } from './check-filter.ts';
import { fullTopic } from './full-topic.ts';
import { topicFinding } from './preflight.ts';
import { QueueAccess } from './queue-access.ts';
import { allowGroup } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { remotingClient } from './remoting-client.ts';
import { topicConfig } from './topic-inspection.ts';
import { findRoute, masterOf, type TopicRoute } from './topic-route.ts';
import type { MessageFilter, QueueBounds, QueueChecks, RocketmqConfig } from './types.ts';

const QUEUES_AT_ONCE = 64;
/** A person waits for the answer. */
const PATIENCE_MS = 1_000;

/** See `QueueChecks`. */
export const checkQueues: QueueChecks['checkQueues'] = async (config, filter) => {
  const client = remotingClient(config);
  try {
    const queues = await inspectQueues(client, config, filter);
    return { findings: [], queues };
  } catch (error) {
    const findings: Finding[] = [await topicFinding(client, config, error)];
    return { findings, queues: new Map() };
  } finally {
    client.close();
  }
};

/** See `QueueChecks`. */
export const offsetsAt: QueueChecks['offsetsAt'] = async (config, names, time) =>
  new Map(await askEach(config, names, (queues, name) => queues.at(name, time)));

/** See `QueueChecks`. */
export const groupOffsets: QueueChecks['groupOffsets'] = async (config, names, group) => {
  try {
    const found = await askEach(config, names, (queues, name) => queues.offsetOf(name, group));
    return new Map(found.flatMap(([name, offset]) => (offset === undefined ? [] : [[name, offset] as const])));
  } catch (error) {
    if (toConnectError(error).code !== 'FORBIDDEN') throw error;
    throw new ConnectError('FORBIDDEN', `sink.startAt.group: no permission to read the offsets of consumer group ${group}`, {
      remedy: allowGroup(fullTopic(config), fullTopic({ ...config, topic: group })),
      cause: error,
    });
  }
};

async function askEach<T>(
  config: RocketmqConfig,
  names: readonly string[],
  ask: (queues: QueueAccess, name: string) => Promise<T>,
): Promise<Array<readonly [string, T]>> {
  const client = remotingClient(config);
  try {
    const queues = new QueueAccess({ client, config, route: await routeOf(client, config), patienceMs: PATIENCE_MS });
    return await pMap(names, async (name) => [name, await ask(queues, name)] as const, { concurrency: QUEUES_AT_ONCE });
  } finally {
    client.close();
  }
}

async function inspectQueues(
  client: RemotingClient,
  config: RocketmqConfig,
  filter: MessageFilter | undefined,
): Promise<ReadonlyMap<string, QueueBounds>> {
  const topic = fullTopic(config);
  const route = await routeOf(client, config);
  if (route.isMapped) {
    throw new ConnectError('WRONG_KIND', `rocketmq.topic: ${topic} is a static topic, whose offsets are not those of its queues`, {
      remedy: 'name a topic that is not static',
    });
  }
  if (route.readable.length === 0) {
    throw new ConnectError('FORBIDDEN', `rocketmq.topic: topic ${topic} has no queue that may be read`, {
      remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${topic} -p 6`,
    });
  }
  const brokers = [...new Set(route.readable.map(({ broker }) => broker))];
  await Promise.all(
    brokers.map(async (broker) => {
      const address = masterOf(route, broker);
      await refuseKind(client, { address, topic, filter, timeoutMs: config.requestTimeoutMs });
      await checkFilter(client, { address, topic, filter, timeoutMs: config.requestTimeoutMs });
    }),
  );
  const queues = new QueueAccess({ client, config, route, patienceMs: PATIENCE_MS });
  const bounds = new Map(
    await pMap(queues.names, async (name) => [name, await queues.bounds(name)] as const, { concurrency: QUEUES_AT_ONCE }),
  );
  await refuseAllTaking(queues, bounds, filter);
  return bounds;
}

const routeOf = (client: RemotingClient, config: RocketmqConfig): Promise<TopicRoute> =>
  findRoute(client, config.endpoints, fullTopic(config), config.requestTimeoutMs);

/**
 * A topic of type LITE keeps its messages in many small queues that a route does not show. All other types can be pulled. Where a batch is
 * one entry of a queue, a broker filters batches and not the messages in them.
 */
async function refuseKind(client: RemotingClient, { address, topic, filter, timeoutMs }: FilterOn): Promise<void> {
  const { attributes } = (await topicConfig(client, address, topic, timeoutMs)) ?? {};
  if (attributes?.['message.type'] === 'LITE') {
    throw new ConnectError('WRONG_KIND', `rocketmq.topic: topic ${topic} is of message type LITE, which has no queues to read by offset`, {
      remedy: 'name a topic of another message type',
    });
  }
  if (filter !== undefined && attributes?.['queue.type'] === 'BatchCQ') {
    throw new ConnectError(
      'WRONG_KIND',
      `${optionOf(filter)}: topic ${topic} stores batches as one message, of which RocketMQ can't filter parts`,
      {
        remedy: `remove ${optionOf(filter)}, or name a topic whose queue.type is not BatchCQ`,
      },
    );
  }
}
