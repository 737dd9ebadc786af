import { type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, connectionFinding, didYouMean, errorFinding } from '../../../kit/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { joinedGroup } from '../protocol/consumer-group.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { partitionName } from '../protocol/partition-name.ts';
import type { Topic } from '../protocol/topics.ts';
import { checkLeaders } from './check-leaders.ts';
import { selectTopics } from './select-topics.ts';

/** Looks at a cluster as the tasks will: bootstrap servers, credentials, topics, permissions, and the leaders' own addresses. */
export function checkKafka(client: KafkaClient, config: KafkaSourceConfig, signal: AbortSignal): Promise<Finding[]> {
  const { section } = client;
  const option = config.sasl?.tokenEndpoint === undefined ? `${section}.sasl` : `${section}.sasl.tokenEndpoint`;
  return checkWithin({ ...connectionFrame(section), signal }, async (limit, _progress, answer) => {
    try {
      await answer(client.authorize());
    } catch (error) {
      if (limit.aborted) throw error;
      return [connectionFinding({ option, optionOf: { AUTH_FAILED: `${section}.sasl` } }, toConnectError(error))];
    }
    const topics = await answer(selectTopics(client, config));
    const known = topics.some(isMissing) ? await answer(knownTopics(client)) : [];
    const findings = [...checkTopics(topics, config, known), ...checkStart(topics, config)];
    const others = [checkLeaders(client, topics, 'source.topics'), checkGroup(client, config.commitGroup, limit)];
    return [...findings, ...(await Promise.all(others.map(answer))).flat()];
  });
}

const isMissing = ({ error }: Topic): boolean => error === 'UNKNOWN_TOPIC_OR_PARTITION';

/** Names for who has mistyped one; none where the cluster does not tell. */
async function knownTopics(client: KafkaClient): Promise<string[]> {
  const all = await client.inspect(null).catch(() => []);
  return all.filter(({ internal, error }) => !internal && error === undefined).map(({ name }) => name);
}

function checkTopics(topics: readonly Topic[], { topicsPattern }: KafkaSourceConfig, known: readonly string[]): Finding[] {
  const option = topicsPattern === undefined ? 'source.topics' : 'source.topicsPattern';
  if (topics.length === 0) {
    const message = `no topic matches ${topicsPattern}, as far as this user may see`;
    return [{ level: 'warning', code: 'NOT_FOUND', option, message, remedy: 'correct it, or apply again once there is one' }];
  }
  return topics.flatMap((topic) => {
    const problem = topic.error ?? (topic.readable ? undefined : 'TOPIC_AUTHORIZATION_FAILED');
    if (problem === undefined) return [];
    const found = errorFinding(option, protocolError(problem, `topic ${topic.name}`, 'source'));
    const near = isMissing(topic) ? didYouMean(topic.name, known) : undefined;
    return [near === undefined ? found : { ...found, remedy: `did you mean ${near}? Else ${found.remedy}` }];
  });
}

function checkStart(topics: readonly Topic[], { startAt }: KafkaSourceConfig): Finding[] {
  if (typeof startAt === 'string' || !('offsets' in startAt)) return [];
  const known = new Set(
    topics.flatMap(({ name: topic, leaders }) => Array.from(leaders, (_, partition) => partitionName({ topic, partition }))),
  );
  const unknown = Object.keys(startAt.offsets).filter((name) => !known.has(name));
  return unknown.map((name) => ({
    level: 'error',
    code: 'NOT_FOUND',
    option: `source.startAt.offsets.${name}`,
    message: 'there is no such partition in the topics that are copied',
    remedy: 'correct or remove it',
  }));
}

/** Whether positions may be committed to the group: the user must be allowed to, and it must not be one that consumers join. */
async function checkGroup(client: KafkaClient, group: string | undefined, signal: AbortSignal): Promise<Finding[]> {
  if (group === undefined) return [];
  const finding = (error: unknown) => [errorFinding('source.commitGroup', toConnectError(error))];
  try {
    const { joined, writable } = await client.group(group, signal);
    if (!writable) return finding(protocolError('GROUP_AUTHORIZATION_FAILED', `group ${group}`, client.section));
    return joined ? finding(joinedGroup(group, client.section)) : [];
  } catch (error) {
    if (signal.aborted) throw error;
    return finding(error);
  }
}
