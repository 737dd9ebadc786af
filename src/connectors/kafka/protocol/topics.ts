import { ConfigResourceTypes, type Connection, type metadataV12, protocolErrorsCodesById } from '@platformatic/kafka';
import type { ConnectError } from '../../../api/index.ts';
import type { Apis } from './api-versions.ts';
import type { Address } from './connection-options.ts';
import { leaderError, partialAnswer, protocolError } from './errors/protocol-errors.ts';
import { partitionName } from './partition-name.ts';

const NO_ID = '00000000-0000-0000-0000-000000000000';
const READ = 1 << 3;
const WRITE = 1 << 4;
/** Stands for the operations of a topic where the broker does not say. */
const UNKNOWN_OPERATIONS = -(2 ** 31);
const POLICY = 'cleanup.policy';

export interface Broker extends Address {
  readonly node: number;
}

export interface Topic {
  readonly name: string;
  /** Differs when a topic is deleted and created again under its name; undefined before Kafka 2.8. */
  readonly id: string | undefined;
  readonly internal: boolean;
  /** Kafka's name for what is wrong with the topic. */
  readonly error: string | undefined;
  /** False where the broker was asked and says that this user may not read it. */
  readonly readable: boolean;
  /** The same of writing. */
  readonly writable: boolean;
  /** Leader of each partition, by partition number; undefined where there is none now. */
  readonly leaders: ReadonlyArray<Broker | undefined>;
}

/**
 * Asks a broker about topics, or about all with `null`. What is wrong with one topic is said in its `error`. With `rights`, what
 * the user may do is asked for, too: some brokers put each right that is missing into an audit log. Throws a retriable ConnectError
 * where the broker does not even know of itself.
 */
export async function describeTopics(
  connection: Connection,
  { metadata, section }: Apis,
  names: readonly string[] | null,
  rights: boolean,
): Promise<Topic[]> {
  const answer = await partialAnswer(metadata.api.async(connection, names && [...names], false, rights));
  // One that has just started, or is about to stop, may not know of topics either.
  if (answer.brokers.length === 0) throw protocolError('BROKER_NOT_AVAILABLE', 'the cluster, as far as this broker knows,', section);
  const brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { node: nodeId, host, port }]));
  return answer.topics.map((topic) => toTopic(topic, brokers));
}

function toTopic(topic: metadataV12.MetadataResponseTopic, brokers: ReadonlyMap<number, Broker>): Topic {
  const leaders: Array<Broker | undefined> = [];
  for (const { partitionIndex, leaderId } of topic.partitions) leaders[partitionIndex] = brokers.get(leaderId);
  const { name, topicId, isInternal, errorCode, topicAuthorizedOperations: operations } = topic;
  return {
    name: name ?? '',
    id: topicId === NO_ID ? undefined : topicId,
    internal: isInternal,
    error: errorCode === 0 ? undefined : (protocolErrorsCodesById[errorCode] ?? String(errorCode)),
    readable: operations === UNKNOWN_OPERATIONS || (operations & READ) !== 0,
    writable: operations === UNKNOWN_OPERATIONS || (operations & WRITE) !== 0,
    leaders,
  };
}

/** Whether records may be taken out of the middle of a topic. Throws ConnectError, FORBIDDEN where the user may not ask. */
export async function isCompacted(
  connection: Connection,
  { optional: { describeConfigs }, section }: Apis,
  topic: string,
): Promise<boolean> {
  if (describeConfigs === undefined) return true;
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [POLICY] }];
  const { results } = await partialAnswer(describeConfigs.api.async(connection, resources, false, false));
  const code = results[0]?.errorCode ?? 0;
  if (code !== 0) throw protocolError(protocolErrorsCodesById[code] ?? String(code), `topic ${topic}`, section);
  const policy = results[0]?.configs.find(({ name }) => name === POLICY)?.value;
  return policy === undefined || policy === null || policy.includes('compact');
}

/** Asks for the first offset that is kept. */
export const EARLIEST = -2;
/** Asks for the end: the offset of the next record; with read_committed, of the first one that is still in an open transaction. */
export const LATEST = -1;

const CONSUMER = -1;
const ANY_EPOCH = -1;

export interface OffsetQuery {
  readonly topic: string;
  readonly partition: number;
  /** `EARLIEST`, `LATEST`, or ms since 1970: the first record of that time or later. */
  readonly at: number;
}

/** `undefined` where no record is as late as asked for; an error where the partition could not be asked. */
export type OffsetAnswers = Map<string, number | undefined | ConnectError>;

/** Asks the leader of some partitions for offsets, by partition name. */
export async function listOffsets(
  connection: Connection,
  { listOffsets: { api }, section }: Apis,
  queries: readonly OffsetQuery[],
  committedOnly: boolean,
): Promise<OffsetAnswers> {
  const topics = [...Map.groupBy(queries, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, at }) => ({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp: BigInt(at) })),
  }));
  const answer = await partialAnswer(api.async(connection, CONSUMER, committedOnly ? 1 : 0, topics));
  const found: OffsetAnswers = new Map();
  for (const { name: topic, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const name = partitionName({ topic, partition: partitionIndex });
      const problem = errorCode === 0 ? undefined : (protocolErrorsCodesById[errorCode] ?? String(errorCode));
      const error = problem === undefined ? undefined : leaderError(problem, `partition ${name}`, section);
      found.set(name, error ?? (offset < 0n ? undefined : Number(offset)));
    }
  }
  return found;
}
