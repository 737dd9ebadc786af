import { type Connection, protocolErrorsCodesById } from '@platformatic/kafka';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { type Apis, groupApi } from './api-versions.ts';
import { partialAnswer, protocolError } from './errors/protocol-errors.ts';
import { parsePartitionName, partitionName } from './partition-name.ts';

/** A commit by someone who is no member, which brokers take as long as the group has none. */
const NO_GENERATION = -1;
const NO_MEMBER = '';
const ANY_EPOCH = -1;
const READ = 1 << 3;
/** Stands for the operations of a group where the broker does not say. */
const UNKNOWN_OPERATIONS = -(2 ** 31);
/** Kafka answers a commit with these errors for single partitions. It repeats any other error, which is about the group, for each partition. */
const OF_PARTITION: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'OFFSET_METADATA_TOO_LARGE',
  'INVALID_COMMIT_OFFSET_SIZE',
]);

export interface GroupState {
  /** Consumers have joined it at some time: its offsets are theirs. */
  readonly joined: boolean;
  /** False where the broker says that this user may not commit to it. */
  readonly writable: boolean;
}

/** Looks at a group at its coordinator. Throws ConnectError. */
export async function describeGroup(connection: Connection, apis: Apis, name: string): Promise<GroupState> {
  const { groups } = await partialAnswer(groupApi(apis, 'describeGroups').api.async(connection, [name], true));
  const [group] = groups;
  if (errorName(group?.errorCode ?? 0) !== 'GROUP_ID_NOT_FOUND') throwProblem(group?.errorCode ?? 0, name, apis.section);
  const operations = group?.authorizedOperations ?? UNKNOWN_OPERATIONS;
  return {
    // Offsets alone make a group without a protocol; one that consumers joined keeps theirs when they are gone.
    joined: (group?.protocolType ?? '') !== '' || (group?.members.length ?? 0) > 0 || (await isOfNewerKind(connection, apis, name)),
    writable: operations === UNKNOWN_OPERATIONS || (operations & READ) !== 0,
  };
}

/** Groups of the protocol that Kafka has since 3.7 are not told by the older request; only joining makes one. */
async function isOfNewerKind(connection: Connection, { optional: { describeConsumerGroup } }: Apis, name: string): Promise<boolean> {
  if (describeConsumerGroup === undefined) return false;
  const { groups } = await partialAnswer(describeConsumerGroup.api.async(connection, [name], false));
  return groups[0]?.errorCode === 0;
}

/**
 * Stores the next offset to read of partitions, by partition name, for everyone to see. Returns the partitions whose offset is not
 * stored, with the reason. Throws what is wrong with the group.
 */
export async function commitOffsets(
  connection: Connection,
  apis: Apis,
  group: string,
  offsets: ReadonlyMap<string, number>,
  note: string,
): Promise<Map<string, ConnectError>> {
  const parts = [...offsets].flatMap(([name, offset]) => {
    const parsed = parsePartitionName(name);
    return parsed === undefined ? [] : [{ ...parsed, offset }];
  });
  const topics = [...Map.groupBy(parts, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: ANY_EPOCH,
      committedMetadata: note,
    })),
  }));
  const answer = await partialAnswer(groupApi(apis, 'offsetCommit').api.async(connection, group, NO_GENERATION, NO_MEMBER, null, topics));
  const problems = new Map<string, ConnectError>();
  for (const { name: topic, partitions } of answer.topics) {
    for (const { partitionIndex: partition, errorCode } of partitions) {
      const name = partitionName({ topic, partition });
      if (!OF_PARTITION.has(errorName(errorCode))) throwProblem(errorCode, group, apis.section);
      else problems.set(name, protocolError(errorName(errorCode), `partition ${name}`, apis.section));
    }
  }
  return problems;
}

const errorName = (code: number): string => protocolErrorsCodesById[code] ?? String(code);

function throwProblem(code: number, group: string, section: Direction): void {
  if (code !== 0) throw protocolError(errorName(code), `group ${group}`, section);
}

/** Of a group that is to be committed to. */
export const joinedGroup = (group: string, section: Direction): ConnectError =>
  new ConnectError('WRONG_STATE', `group ${group} is one of consumers, whose offsets would be overwritten`, {
    remedy: `set ${section}.commitGroup to a name that no consumer uses`,
  });
