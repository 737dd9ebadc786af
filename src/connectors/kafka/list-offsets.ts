import { type Connection, protocolErrorsCodesById } from '@platformatic/kafka';
import type { Apis } from './api-versions.ts';
import { protocolError } from './errors.ts';
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

/** Asks the leader of some partitions for offsets, by partition name; `undefined` where no record is as late as asked for. */
export async function listOffsets(
  connection: Connection,
  { listOffsets: { api } }: Apis,
  queries: readonly OffsetQuery[],
  committedOnly: boolean,
): Promise<Map<string, number | undefined>> {
  const topics = [...Map.groupBy(queries, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, at }) => ({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp: BigInt(at) })),
  }));
  const answer = await partialAnswer(api.async(connection, CONSUMER, committedOnly ? 1 : 0, topics));
  const found = new Map<string, number | undefined>();
  for (const { name: topic, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const name = partitionName({ topic, partition: partitionIndex });
      if (errorCode !== 0) throw protocolError(protocolErrorsCodesById[errorCode] ?? String(errorCode), `partition ${name}`);
      found.set(name, offset < 0n ? undefined : Number(offset));
    }
  }
  return found;
}
