import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { askInTurn } from './ask-in-turn.ts';
import { fullTopic } from './full-topic.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RocketmqAccess } from './types.ts';

/** Topics that brokers (TopicValidator of 5.5.0) and proxies (the last one) have for themselves, besides those that `OWN_PREFIX` begins. */
const OWN = new Set(
  `TBW102 SCHEDULE_TOPIC_XXXX SCHEDULE_TOPIC_XXXX_V2 BenchmarkTest TRANS_CHECK_MAX_TIME_TOPIC SELF_TEST_TOPIC
  OFFSET_MOVED_EVENT DefaultHeartBeatSyncerTopic`.split(/\s+/),
);
const OWN_PREFIX = /^(rmq_sys_|SYNC_BROKER_MEMBER_)/i;
/** Of each cluster, for answers to requests by message. */
const REPLIES = /_REPLY_TOPIC$/;

const { GET_ALL_TOPIC_LIST_FROM_NAMESERVER, GET_SYSTEM_TOPIC_LIST_FROM_NS } = requestCode;

/**
 * Asks a name server for the topics of the namespace, without the namespace, sorted. It leaves out RocketMQ's own, and those of consumer
 * groups for retries and dead letters. Throws a ConnectError about `rocketmq.topicsPattern` where the endpoints don't list topics.
 */
export async function listTopics(client: RemotingClient, config: RocketmqAccess): Promise<string[]> {
  const { endpoints, namespace, requestTimeoutMs } = config;
  const [all, servers] = await askInTurn(endpoints, requestTimeoutMs, (address, timeoutMs) =>
    Promise.all([
      askList(client, address, GET_ALL_TOPIC_LIST_FROM_NAMESERVER, timeoutMs),
      // Clusters and brokers: each has a topic of its name.
      askList(client, address, GET_SYSTEM_TOPIC_LIST_FROM_NS, timeoutMs),
    ]),
  );
  const ofServers = new Set(servers);
  const isOwn = (name: string) => ofServers.has(name) || ofServers.has(name.replace(REPLIES, '')) || OWN.has(name) || OWN_PREFIX.test(name);
  const prefix = fullTopic({ namespace, topic: '' });
  const names = all.filter((name) => name.startsWith(prefix) && !isOwn(name)).map((name) => name.slice(prefix.length));
  // What is left with one is of another namespace, or RocketMQ's own: `%RETRY%billing`.
  return names.filter((name) => name !== '' && !name.includes('%')).sort();
}

async function askList(client: RemotingClient, address: string, code: number, timeoutMs: number): Promise<readonly string[]> {
  const answer = await client.request(address, { code, fields: {} }, timeoutMs);
  if (answer.code === responseCode.SUCCESS) {
    return (JSON.parse(answer.body.toString()) as { readonly topicList?: readonly string[] }).topicList ?? [];
  }
  const instead = 'or list the topics in rocketmq.topics';
  if (answer.code === responseCode.REQUEST_CODE_NOT_SUPPORTED) {
    throw new ConnectError('WRONG_KIND', `rocketmq.topicsPattern: ${address} does not list topics, as proxies do not`, {
      remedy: `name a name server (port 9876) in rocketmq.endpoints, ${instead}`,
    });
  }
  const refusal = new AnswerError(answer, { address, topic: '' });
  if (answer.code !== responseCode.SYSTEM_ERROR && refusal.code !== 'FORBIDDEN') throw refusal;
  throw new ConnectError(
    'FORBIDDEN',
    `rocketmq.topicsPattern: ${address} does not let this user list topics: ${answer.remark.slice(0, 200)}`,
    {
      remedy: `set enableAllTopicList=true in the name server's configuration, ${instead}`,
    },
  );
}
