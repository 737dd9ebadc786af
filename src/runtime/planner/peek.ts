import { ConnectError, toConnectError } from '../../api/index.ts';
import type { RocketmqSpec } from '../../config/connector-spec.ts';
import { hasReference } from '../../config/references.ts';
import { namedTopics } from '../../config/selected-topics.ts';
import { didYouMean, topicOfQueue } from '../../kit/index.ts';
import type { PeekRequest, PeekResult } from '../../rocketmq/types.ts';
import type { ConnectorItem } from '../../store/store.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { mustExist } from './status.ts';

const MAX_MESSAGES = 1_000;
const SHOWN = 5;

export interface TopicRequest extends PeekRequest {
  /** The topic; default that of `connector`, where it has one only. */
  readonly topic?: string;
  /** The connector whose RocketMQ it is. Default: that of the connectors that write or read the topic, or else of all. */
  readonly connector?: string;
}

/** Shows messages of a topic with a connector's own access to RocketMQ. */
export async function peek({ topic, connector, ...request }: TopicRequest, deps: PlannerDeps): Promise<PeekResult> {
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > MAX_MESSAGES) {
    throw invalid(`limit: ${request.limit} is no number of messages`, `use 1 to ${MAX_MESSAGES}`);
  }
  const items = connector === undefined ? await deps.store.listConnectors() : [await mustExist(connector, deps)];
  const wanted = topic ?? (connector === undefined ? undefined : await onlyTopic(items[0] as ConnectorItem, deps));
  if (wanted === undefined) throw invalid('topic: none is named', 'name a topic, or a connector');
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: await accessTo(wanted, items) });
  try {
    return await deps.peekTopic({ ...rocketmq, topic: wanted }, request);
  } catch (thrown) {
    const error = toConnectError(thrown);
    const near = error.code === 'NOT_FOUND' ? didYouMean(wanted, items.flatMap(topicsOf)) : undefined;
    if (near === undefined) throw error;
    throw new ConnectError(error.code, error.message, { retriable: error.retriable, remedy: `did you mean ${near}?`, cause: error });
  }
}

/** Returns the only RocketMQ that the request can mean. */
async function accessTo(topic: string, items: readonly ConnectorItem[]): Promise<RocketmqSpec> {
  const selecting = await patternUsers(topic, items);
  const users = items.filter((item) => topicsOf(item).includes(topic) || selecting.has(item));
  const candidates = new Map((users.length > 0 ? users : items).map(({ spec }) => [accessOf(spec.rocketmq), spec.rocketmq]));
  const [first, ...others] = candidates.values();
  if (first === undefined) {
    throw new ConnectError('NOT_FOUND', 'no connector is applied that knows a RocketMQ', { remedy: 'pass --endpoints host:9876' });
  }
  if (others.length > 0)
    throw invalid(`topic: ${topic} may be in ${candidates.size} RocketMQ clusters`, 'name a connector with --connector');
  return first;
}

const accessOf = (spec: RocketmqSpec): string => {
  const { topic, topics, topicsPattern, excludeTopicsPattern, tags, filter, reportOffsets, followResets, ...access } = spec;
  return JSON.stringify(access);
};

/** The topic of a connector. Throws CONFIG_INVALID for a sink that reads another number of topics than one. */
async function onlyTopic({ name, spec }: ConnectorItem, { store, resolveSecrets }: PlannerDeps): Promise<string> {
  const { rocketmq } = await resolveSecrets({ rocketmq: spec.rocketmq });
  const named = namedTopics(rocketmq);
  const items = named.length > 0 ? [] : await store.listTasks(name);
  const planned = items.flatMap((item) => item.planned?.taskConfig.partitions.map(topicOfQueue) ?? []);
  const topics = [...new Set([...named, ...planned])];
  const [topic, ...others] = topics;
  if (topic !== undefined && others.length === 0) return topic;
  const listed = `${topics.slice(0, SHOWN).join(', ')}${topics.length > SHOWN ? ` and ${topics.length - SHOWN} more` : ''}`;
  throw invalid(`topic: connector ${name} reads ${topics.length === 0 ? 'none now' : `several: ${listed}`}`, 'name the topic, too');
}

/** Topics that the connector names. */
const topicsOf = ({ spec }: ConnectorItem): string[] => [...namedTopics(spec.rocketmq), spec.errors.deadLetterTopic ?? []].flat();

/** The connectors whose pattern selects the topic. What references stand for is not known here. */
async function patternUsers(topic: string, items: readonly ConnectorItem[]): Promise<ReadonlySet<ConnectorItem>> {
  const selecting = items.filter(({ spec }) => {
    const { topicsPattern, excludeTopicsPattern = '' } = spec.rocketmq;
    return topicsPattern !== undefined && !hasReference(topicsPattern) && !hasReference(excludeTopicsPattern);
  });
  if (selecting.length === 0) return new Set();
  const { matchingTopics } = await import('../../config/matching-topics.ts');
  return new Set(selecting.filter(({ spec }) => matchingTopics([topic], spec.rocketmq, spec.errors.deadLetterTopic).length > 0));
}

const invalid = (message: string, remedy: string) => new ConnectError('CONFIG_INVALID', message, { remedy });
