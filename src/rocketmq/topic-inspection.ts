import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { fullTopic } from './full-topic.ts';
import { pauseBefore } from './pauses.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import { encodeBody } from './request-body.ts';
import { sendRequest } from './send-request.ts';
import { findRoute, masterOf, PERM_WRITE, type TopicRoute } from './topic-route.ts';
import type { RocketmqConfig } from './types.ts';

/** Topics of these types take plain messages. RocketMQ before 5 states none. */
const PLAIN_TYPES = new Set(['NORMAL', 'UNSPECIFIED', 'MIXED', undefined]);
/** No topic has that many queues, so a message for this one passes every check of who may send and is then refused. */
const NO_QUEUE = 2 ** 31 - 1;

/** Each question has at least this time left: perhaps it ran out because this process was slow itself. */
const LEAST_MS = 1_000;

/**
 * Makes sure that the topic can be written with this configuration, and returns its route. Throws ConnectError UNREACHABLE,
 * TLS_FAILED, TIMEOUT, AUTH_FAILED, NOT_FOUND, WRONG_KIND or FORBIDDEN within `requestTimeoutMs` + 2 s. Stores nothing.
 */
export async function inspectTopic(client: RemotingClient, config: RocketmqConfig): Promise<TopicRoute> {
  const deadline = Date.now() + config.requestTimeoutMs;
  const leftMs = () => Math.max(deadline - Date.now(), LEAST_MS);
  const topic = fullTopic(config);
  const route = await findRoute(client, config.endpoints, topic, config.requestTimeoutMs);
  if (route.writable.length === 0) throw await notWritable(client, route, topic, leftMs());
  const brokers = [...new Set(route.writable.map(({ broker }) => broker))];
  await Promise.all(
    brokers.map(async (broker) => {
      const address = masterOf(route, broker);
      await checkType(client, address, topic, leftMs());
      await checkPermission(client, address, broker, topic, { leftMs, deadline });
    }),
  );
  return route;
}

/**
 * A name server takes a broker's own permission out of its topics', so a broker in maintenance looks like a topic that may not be
 * written. The broker itself still has the topic's own permission.
 */
async function notWritable(client: RemotingClient, route: TopicRoute, topic: string, timeoutMs: number): Promise<ConnectError> {
  const [broker] = [...route.addresses.keys()];
  let answer: TopicConfig | undefined;
  if (broker !== undefined) {
    const address = masterOf(route, broker);
    answer = await topicConfig(client, address, topic, timeoutMs);
    const allowed = answer?.perm !== undefined && (answer.perm & PERM_WRITE) !== 0;
    if (allowed)
      return new AnswerError(
        { code: responseCode.NO_PERMISSION, remark: `the broker[${broker}] sending message is forbidden` },
        { address, topic },
      );
  }
  return new ConnectError('FORBIDDEN', `rocketmq.topic: topic ${topic} has no queue that may be written`, {
    // Where it is unknown whether the topic or the broker is at fault, the next run tries again: a maintenance ends by itself.
    retriable: answer === undefined,
    remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${topic} -p 6`,
  });
}

/** How a broker has set a topic up. */
export interface TopicConfig {
  readonly perm?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Asks how the topic is set up. Resolves with undefined where no answer comes: a user who may only publish gets none, nor does a proxy give
 * one.
 */
export async function topicConfig(
  client: RemotingClient,
  address: string,
  topic: string,
  timeoutMs: number,
): Promise<TopicConfig | undefined> {
  const answer = await client.request(address, { code: requestCode.GET_TOPIC_CONFIG, fields: { topic } }, timeoutMs);
  return answer.code === responseCode.SUCCESS ? (JSON.parse(answer.body.toString()) as TopicConfig) : undefined;
}

/** Checks the topic's type. Where it is unknown, RocketMQ checks it where it matters, at the send. */
async function checkType(client: RemotingClient, address: string, topic: string, timeoutMs: number): Promise<void> {
  const type = (await topicConfig(client, address, topic, timeoutMs))?.attributes?.['message.type'];
  if (PLAIN_TYPES.has(type)) return;
  throw new ConnectError('WRONG_KIND', `rocketmq.topic: topic ${topic} is for messages of type ${type}, not for plain ones`, {
    remedy: 'name a topic of message type NORMAL: mqadmin updateTopic ... -a +message.type=NORMAL',
  });
}

/** Asks a broker whether this user may send. A broker that is busy for a moment is asked again, as it is when records are sent. */
async function checkPermission(
  client: RemotingClient,
  address: string,
  broker: string,
  topic: string,
  { leftMs, deadline }: { readonly leftMs: () => number; readonly deadline: number },
): Promise<void> {
  const { body } = encodeBody([{ body: Buffer.from([0]), keys: [], properties: new Map() }], 0, 1);
  for (let attempt = 0; ; attempt += 1) {
    const answer = await client.request(address, sendRequest(topic, { broker, id: NO_QUEUE }, body), leftMs());
    if (answer.code === responseCode.INVALID_PARAMETER || answer.code === responseCode.SUCCESS) return;
    const refusal = new AnswerError(answer, { address, topic });
    const pause = pauseBefore(attempt);
    if (refusal.code !== 'THROTTLED' || !refusal.again || Date.now() + pause >= deadline) throw refusal;
    await sleep(pause);
  }
}
