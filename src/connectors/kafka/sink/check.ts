import { type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { checkWithin, connectionFinding, didYouMean, errorFinding } from '../../../kit/index.ts';
import { checkLeaders } from '../plan/check-leaders.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { initProducerId } from '../protocol/produce/producers.ts';
import type { Topic } from '../protocol/topics.ts';
import { checkTransactions } from './check-transactions.ts';
import type { KafkaSinkConfig } from './config.ts';
import { failureOf } from './failure-of.ts';
import { idPrefix, isTopicName, targetTopic } from './mapping.ts';

const OPTION = 'sink.topic';

/** Looks at a cluster as the tasks will: bootstrap servers, credentials, topics, permissions, and the leaders' own addresses. */
export function checkKafkaSink(
  client: KafkaClient,
  config: KafkaSinkConfig,
  { connector, topics: rocketmqTopics = [], signal }: Pick<ConnectorContext, 'connector' | 'topics' | 'signal'>,
): Promise<Finding[]> {
  const option = config.sasl?.tokenEndpoint === undefined ? 'sink.sasl' : 'sink.sasl.tokenEndpoint';
  return checkWithin({ ...connectionFrame('sink'), signal }, async (limit, _progress, answer) => {
    try {
      await answer(client.authorize());
    } catch (error) {
      if (limit.aborted) throw error;
      return [connectionFinding({ option, optionOf: { AUTH_FAILED: 'sink.sasl' } }, toConnectError(error))];
    }
    const names = [...new Set(rocketmqTopics.map((topic) => targetTopic(config.topic, topic)))];
    const topics = await answer(client.inspect(names.filter(isTopicName)));
    const known = topics.some(isMissing) ? await answer(knownTopics(client)) : [];
    const findings = [
      ...names.filter((name) => !isTopicName(name)).map(noTopicName),
      ...topics.flatMap((topic) => checkTopic(topic, config, known)),
    ];
    const producer =
      config.delivery === 'exactly-once'
        ? checkTransactions(client, config, idPrefix(config, connector), topics, limit)
        : checkProducer(client);
    const others = [checkLeaders(client, topics, OPTION), producer];
    return [...findings, ...(await Promise.all(others.map(answer))).flat()];
  });
}

const isMissing = ({ error }: Topic): boolean => error === 'UNKNOWN_TOPIC_OR_PARTITION';

const noTopicName = (name: string): Finding => ({
  level: 'error',
  code: 'CONFIG_INVALID',
  option: OPTION,
  message: `${JSON.stringify(name)} is not a name that a Kafka topic can have`,
  remedy: 'set sink.topic to up to 249 letters, digits, ., _ and -',
});

/** Names for who has mistyped one; none where the cluster does not tell. */
async function knownTopics(client: KafkaClient): Promise<string[]> {
  const all = await client.inspect(null).catch(() => []);
  return all.filter(({ internal, error }) => !internal && error === undefined).map(({ name }) => name);
}

function checkTopic(topic: Topic, { bootstrapServers }: KafkaSinkConfig, known: readonly string[]): Finding[] {
  const { name, error, writable, internal } = topic;
  const problem = error ?? (internal ? 'INVALID_TOPIC_EXCEPTION' : writable ? undefined : 'TOPIC_AUTHORIZATION_FAILED');
  if (problem === undefined) return [];
  const found = errorFinding(OPTION, protocolError(problem, `topic ${name}`, 'sink'));
  if (!isMissing(topic)) return [found];
  const create = `create it: kafka-topics.sh --bootstrap-server ${asList(bootstrapServers)[0]} --create --topic ${name} --partitions 8`;
  const near = didYouMean(name, known);
  return [{ ...found, remedy: near === undefined ? `${create}, or correct ${OPTION}` : `did you mean ${near}? Else ${create}` }];
}

/** Without the right to a producer id, no task could write. */
async function checkProducer(client: KafkaClient): Promise<Finding[]> {
  const failure = await failureOf(() => client.useAny(initProducerId));
  if (failure === undefined) return [];
  return [failure.code === 'FORBIDDEN' ? errorFinding('sink.sasl', failure) : connectionFinding(connectionFrame('sink'), failure)];
}
