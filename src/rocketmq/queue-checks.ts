import pMap from 'p-map';
import { ConnectError, type Finding, toConnectError } from '../api/index.ts';
import { topicOfQueue } from '../kit/index.ts';
import { checkFilter, type FilterOn, optionOf, refuseAllTaking } from './check-filter.ts';
import { findRoutes } from './find-routes.ts';
import { fullTopic } from './full-topic.ts';
import { listTopics as listAll } from './list-topics.ts';
import { finding, topicFinding } from './preflight.ts';
import { QueueAccess } from './queue-access.ts';
import { allowGroup } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { remotingClient } from './remoting-client.ts';
import { topicConfig } from './topic-inspection.ts';
import { findRoute, masterOf } from './topic-route.ts';
import type { MessageFilter, QueueBounds, QueueChecks, RocketmqAccess, RocketmqConfig } from './types.ts';

const TOPICS_AT_ONCE = 8;
const QUEUES_AT_ONCE = 64;
/** A person waits for the answer. */
const PATIENCE_MS = 1_000;

/** See `QueueChecks`. */
export const listTopics: QueueChecks['listTopics'] = async (config) => {
  const client = remotingClient(config);
  try {
    return { findings: [], names: await listAll(client, config) };
  } catch (error) {
    return { findings: [finding(error)], names: [] };
  } finally {
    client.close();
  }
};

/** See `QueueChecks`. */
export const checkQueues: QueueChecks['checkQueues'] = async (config, { names, option }, filter) => {
  const client = remotingClient(config);
  const queues = new Map<string, QueueBounds>();
  const check = async (topic: string): Promise<Finding[]> => {
    try {
      for (const [name, bounds] of await inspectQueues(client, { ...config, topic }, filter)) queues.set(name, bounds);
      return [];
    } catch (error) {
      return [await topicFinding(client, { ...config, topic }, error)];
    }
  };
  try {
    const [first = '', ...others] = names;
    const findings = names.length === 0 ? [] : await check(first);
    // What is wrong with the address or the credentials is the same for all topics.
    const isOfAll = findings.some((found) => found.option !== 'rocketmq.topic');
    if (!isOfAll) findings.push(...(await pMap(others, check, { concurrency: TOPICS_AT_ONCE })).flat());
    const byTopic = Map.groupBy(queues, ([name]) => topicOfQueue(name));
    const once = new Map(findings.map((found) => [`${found.option}: ${found.message}`, found]));
    return {
      findings: [...once.values()].map((found) => (found.option === 'rocketmq.topic' ? { ...found, option } : found)),
      queues: new Map(names.flatMap((topic) => byTopic.get(topic) ?? [])),
    };
  } finally {
    client.close();
  }
};

/** See `QueueChecks`. Only a sink that shares its queues loads RocketMQ's own client. */
export const checkShared: QueueChecks['checkShared'] = async (config, topics, sharing) =>
  (await import('./check-shared.ts')).checkShared(config, topics, sharing);

/** See `QueueChecks`. */
export const offsetsAt: QueueChecks['offsetsAt'] = async (config, names, time) =>
  new Map(await askEach(config, names, (queues, name) => queues.at(name, time)));

/** See `QueueChecks`. */
export const groupOffsets: QueueChecks['groupOffsets'] = async (config, names, group) => {
  const full = (topic: string) => fullTopic({ ...config, topic });
  const ask = async (queues: QueueAccess, name: string) => {
    try {
      return await queues.offsetOf(name, group);
    } catch (error) {
      if (toConnectError(error).code !== 'FORBIDDEN') throw error;
      throw new ConnectError('FORBIDDEN', `sink.startAt.group: no permission to read the offsets of consumer group ${group}`, {
        remedy: allowGroup(full(topicOfQueue(name)), full(group)),
        cause: error,
      });
    }
  };
  const found = await askEach(config, names, ask);
  return new Map(found.flatMap(([name, offset]) => (offset === undefined ? [] : [[name, offset] as const])));
};

async function askEach<T>(
  config: RocketmqAccess,
  names: readonly string[],
  ask: (queues: QueueAccess, name: string) => Promise<T>,
): Promise<Array<readonly [string, T]>> {
  const client = remotingClient(config);
  try {
    const routes = await findRoutes(client, config, [...new Set(names.map(topicOfQueue))]);
    const queues = new QueueAccess({ client, config, routes, patienceMs: PATIENCE_MS });
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
  const route = await findRoute(client, config.endpoints, topic, config.requestTimeoutMs);
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
  const queues = new QueueAccess({ client, config, routes: new Map([[config.topic, route]]), patienceMs: PATIENCE_MS });
  const bounds = new Map(
    await pMap(queues.names, async (name) => [name, await queues.bounds(name)] as const, { concurrency: QUEUES_AT_ONCE }),
  );
  await refuseAllTaking(queues, bounds, filter);
  return bounds;
}

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
