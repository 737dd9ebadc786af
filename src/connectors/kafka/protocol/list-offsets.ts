import { type Connection, protocolErrorsCodesById } from '@platformatic/kafka';
import type { ConnectError } from '../../../api/index.ts';
import type { Apis } from './api-versions.ts';
import { leaderError } from './errors/protocol-errors.ts';
import { partialAnswer } from './partial-answer.ts';
import { partitionName } from './partition-name.ts';

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
