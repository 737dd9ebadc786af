import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { encodeBatch } from './batch-encoding.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import { batchRequest } from './send-batch.ts';
import { findRoute, masterOf, type TopicRoute } from './topic-route.ts';
import type { RocketmqConfig } from './types.ts';

/** Message types whose topics take plain messages; RocketMQ before 5 states none. */
const PLAIN_TYPES = new Set(['NORMAL', 'UNSPECIFIED', 'MIXED', undefined]);
/** No topic has that many queues, so a message for this one passes every check of who may send and is then refused. */
const NO_QUEUE = 2 ** 31 - 1;

/** What each question has left at least: that time ran out may have been this process's own slowness. */
const LEAST_MS = 1_000;

/** RocketMQ's own name for a topic in a namespace. */
export const fullTopic = ({ namespace, topic }: RocketmqConfig): string => (namespace === '' ? topic : `${namespace}%${topic}`);

/**
 * Makes sure that the topic can be written with this configuration, and returns its route. Throws ConnectError UNREACHABLE,
 * TLS_FAILED, TIMEOUT, AUTH_FAILED, NOT_FOUND, WRONG_KIND or FORBIDDEN within `requestTimeoutMs` + 2 s. Stores nothing.
 */
export async function inspectTopic(client: RemotingClient, config: RocketmqConfig): Promise<TopicRoute> {
  const deadline = Date.now() + config.requestTimeoutMs;
  const leftMs = () => Math.max(deadline - Date.now(), LEAST_MS);
  const topic = fullTopic(config);
  const route = await findRoute(client, config.endpoints, topic, config.requestTimeoutMs);
  if (route.writable.length === 0) {
    throw new ConnectError('FORBIDDEN', `rocketmq.topic: topic ${topic} has no queue that may be written`, {
      remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${topic} -p 6`,
    });
  }
  const brokers = [...new Set(route.writable.map(({ broker }) => broker))];
  await Promise.all(
    brokers.map(async (broker) => {
      const address = masterOf(route, broker);
      await checkType(client, address, topic, leftMs());
      await checkPermission(client, address, broker, topic, leftMs());
    }),
  );
  return route;
}

async function checkType(client: RemotingClient, address: string, topic: string, timeoutMs: number): Promise<void> {
  const answer = await client.request(address, { code: requestCode.GET_TOPIC_CONFIG, fields: { topic } }, timeoutMs);
  // A user who may only publish isn't told, a proxy doesn't answer this: then the type is checked where it matters, at the send.
  if (answer.code !== responseCode.SUCCESS) return;
  const { attributes } = JSON.parse(answer.body.toString()) as { attributes?: Readonly<Record<string, string>> };
  const type = attributes?.['message.type'];
  if (PLAIN_TYPES.has(type)) return;
  throw new ConnectError('WRONG_KIND', `rocketmq.topic: topic ${topic} is for messages of type ${type}, not for plain ones`, {
    remedy: 'name a topic of message type NORMAL: mqadmin updateTopic ... -a +message.type=NORMAL',
  });
}

async function checkPermission(client: RemotingClient, address: string, broker: string, topic: string, timeoutMs: number): Promise<void> {
  const { body } = encodeBatch([{ body: Buffer.from([0]), keys: [], properties: new Map() }], 0, 1);
  const answer = await client.request(address, batchRequest(topic, { broker, id: NO_QUEUE }, body), timeoutMs);
  if (answer.code !== responseCode.INVALID_PARAMETER && answer.code !== responseCode.SUCCESS)
    throw new AnswerError(answer, { address, topic });
}
