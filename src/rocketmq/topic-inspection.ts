import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { fullTopic } from './full-topic.ts';
import { type Probed, probeTopic } from './probe-topic.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import { findRoute, masterOf, PERM_WRITE, type TopicRoute } from './topic-route.ts';
import type { RocketmqConfig } from './types.ts';

/** Each question has at least this time left: perhaps it ran out because this process was slow itself. */
const LEAST_MS = 1_000;

/** A topic that can be written. */
export interface InspectedTopic extends Probed {
  readonly route: TopicRoute;
}

/**
 * Makes sure that the topic can be written with this configuration, and returns its route and kind. Throws ConnectError UNREACHABLE,
 * TLS_FAILED, TIMEOUT, AUTH_FAILED, NOT_FOUND, WRONG_KIND or FORBIDDEN within `requestTimeoutMs` + 2 s. Stores nothing.
 */
export async function inspectTopic(client: RemotingClient, config: RocketmqConfig): Promise<InspectedTopic> {
  const deadline = Date.now() + config.requestTimeoutMs;
  const leftMs = () => Math.max(deadline - Date.now(), LEAST_MS);
  const topic = fullTopic(config);
  const route = await findRoute(client, config.endpoints, topic, config.requestTimeoutMs);
  if (route.writable.length === 0) throw await notWritable(client, route, topic, leftMs());
  const brokers = [...new Set(route.writable.map(({ broker }) => broker))];
  const probed = await Promise.all(
    brokers.map(async (broker) => {
      const address = masterOf(route, broker);
      const type = typeIn(await topicConfig(client, address, topic, leftMs()));
      return probeTopic(client, config, { address, broker, topic, type, leftMs, deadline });
    }),
  );
  const kind = probed.find((each) => each.kind !== undefined)?.kind;
  return { route, kind, isChecked: probed.some(({ isChecked }) => isChecked) };
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

/** Returns the message type of a topic; undefined where nobody says how the topic is set up. */
const typeIn = (config: TopicConfig | undefined): string | undefined =>
  config === undefined ? undefined : (config.attributes?.['message.type'] ?? 'NORMAL');

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
