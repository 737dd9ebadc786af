import { type Connection, protocolErrorsCodesById, type Reader } from '@platformatic/kafka';
import type { Direction } from '../../../api/index.ts';
import { type Apis, FETCH_BY_TOPIC_ID } from './api-versions.ts';
import { leaderError } from './errors/protocol-errors.ts';
import type { AbortedTransaction } from './records/record-batch.ts';

const MIN_BYTES = 1;
const NO_SESSION = { id: 0, epoch: -1 };
const ANY_EPOCH = -1;
/** Versions from here on have compact lengths and tagged fields. */
const COMPACT_SINCE = 12;

export interface FetchRequest {
  readonly topics: ReadonlyArray<{
    readonly name: string;
    readonly id: string | undefined;
    /** In the order in which they are served while `maxBytes` lasts. */
    readonly partitions: ReadonlyArray<{ readonly partition: number; readonly offset: number; readonly maxBytes: number }>;
  }>;
  readonly committedOnly: boolean;
  /** How long the broker may wait when it has nothing. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

/** What a leader answered about one partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's name for what is wrong with it. */
  readonly error: string | undefined;
  /** Offset of the first record that this reader may not see yet. */
  readonly end: number;
  /** Offsets from there to the last record that is stored: those that wait for a transaction to end. */
  readonly heldBack: number;
  /** Record batches, back to back; the last one may be cut. */
  readonly records: Buffer | undefined;
  readonly aborted: readonly AbortedTransaction[];
}

/**
 * Fetches from partitions of one leader, outside of any consumer group or fetch session. The library's own decoder is left
 * out: it makes objects of everything that was fetched at once, at several times the cost, and passes on records of aborted
 * transactions whose end is not in the same answer.
 */
export function fetchRecords(connection: Connection, { fetch, section }: Apis, request: FetchRequest): Promise<FetchedPartition[]> {
  const { key, version } = fetch.api;
  const byId = version >= FETCH_BY_TOPIC_ID;
  const topics = request.topics.map(({ name, id, partitions }) => ({
    topicId: byId ? (id as string) : name,
    partitions: partitions.map(({ partition, offset, maxBytes }) => ({
      partition,
      currentLeaderEpoch: ANY_EPOCH,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: ANY_EPOCH,
      partitionMaxBytes: maxBytes,
    })),
  }));
  const names = new Map(request.topics.map(({ name, id }) => [byId ? id : name, name]));
  const { maxWaitMs, maxBytes, committedOnly } = request;
  const { id, epoch } = NO_SESSION;
  const compact = version >= COMPACT_SINCE;
  return new Promise((resolve, reject) => {
    connection.send(
      key,
      version,
      () => fetch.createRequest(maxWaitMs, MIN_BYTES, maxBytes, committedOnly ? 1 : 0, id, epoch, topics, [], ''),
      (_correlation, _key, _version, reader) => readAnswer(reader, section, byId, compact, names, committedOnly),
      compact,
      compact,
      (error, answer) => (error ? reject(error) : resolve(answer as FetchedPartition[])),
    );
  });
}

function readAnswer(
  reader: Reader,
  section: Direction,
  byId: boolean,
  compact: boolean,
  names: ReadonlyMap<string | undefined, string>,
  committedOnly: boolean,
): FetchedPartition[] {
  reader.readInt32(); // how long the broker throttles us: it delays its answers by itself
  const error = errorName(reader.readInt16());
  if (error !== undefined) throw leaderError(error, 'the fetch request', section);
  reader.readInt32(); // fetch session
  return reader
    .readArray(
      () => {
        const topic = names.get(byId ? reader.readUUID() : reader.readString(compact)) ?? '';
        return reader.readArray(() => readPartition(reader, topic, compact, committedOnly), compact, compact);
      },
      compact,
      compact,
    )
    .flat();
}

function readPartition(reader: Reader, topic: string, compact: boolean, committedOnly: boolean): FetchedPartition {
  const partition = reader.readInt32();
  const error = errorName(reader.readInt16());
  const highWatermark = Number(reader.readInt64());
  const lastStableOffset = Number(reader.readInt64());
  reader.readInt64(); // first offset that is kept
  const aborted = reader.readArray(
    () => ({ producerId: Number(reader.readInt64()), firstOffset: Number(reader.readInt64()) }),
    compact,
    compact,
  );
  reader.readInt32(); // preferred read replica: only for readers that say where they are
  const records = reader.readNullableBytes(compact) ?? undefined;
  const end = committedOnly ? lastStableOffset : highWatermark;
  return { topic, partition, error, end, heldBack: Math.max(0, highWatermark - end), records, aborted };
}

const errorName = (code: number): string | undefined => (code === 0 ? undefined : (protocolErrorsCodesById[code] ?? String(code)));
