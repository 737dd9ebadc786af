import { type Connection, protocolErrorsCodesById, type Reader, Writer } from '@platformatic/kafka';
import { type Apis, offeredVersion } from '../api-versions.ts';

const PRODUCE = 0;
/** Newest first. Brokers since Kafka 2.4 speak one of them. Both tell which records of a batch are at fault. */
const VERSIONS = [9, 8] as const;
/** Versions from here on have compact lengths and tagged fields. */
const COMPACT_SINCE = 9;
const ALL_IN_SYNC = -1;

/** One batch for one partition. */
export interface ProducePart {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
  /** Of the batch's transaction. All batches of a request have the same, or none. */
  readonly transactionalId?: string | undefined;
}

/** What a leader answered about one partition. */
export interface ProduceAnswer {
  /** Kafka's name for what is wrong. */
  readonly error: string | undefined;
  /** Places in the batch of the records that it is about, where the broker tells. */
  readonly records: readonly number[];
  /** What the broker says of it. */
  readonly message: string | undefined;
}

/**
 * Writes batches to partitions that one broker leads, one for each, and waits until all replicas in sync have them, for `waitMs` at most.
 * Answers are in the order of the parts.
 */
export async function produce(
  connection: Connection,
  apis: Apis,
  parts: readonly ProducePart[],
  waitMs: number,
): Promise<Array<ProduceAnswer | undefined>> {
  const version = offeredVersion(apis, 'produce', PRODUCE, VERSIONS);
  const compact = version >= COMPACT_SINCE;
  const answers = await new Promise<ReadonlyMap<string, ProduceAnswer>>((resolve, reject) => {
    connection.send(
      PRODUCE,
      version,
      () => request(parts, waitMs, compact),
      (_correlation, _key, _version, reader) => readAnswers(reader, compact),
      compact,
      compact,
      (error, answer) => (error ? reject(error) : resolve(answer as ReadonlyMap<string, ProduceAnswer>)),
    );
  });
  return parts.map((part) => answers.get(nameOf(part)));
}

function request(parts: readonly ProducePart[], waitMs: number, compact: boolean): Writer {
  const topics = [...Map.groupBy(parts, ({ topic }) => topic)];
  const writer = Writer.create()
    .appendString(parts[0]?.transactionalId ?? null, compact)
    .appendInt16(ALL_IN_SYNC)
    .appendInt32(waitMs);
  writer.appendArray(
    topics,
    (_, [topic, ofTopic]) => {
      writer.appendString(topic, compact).appendArray(
        ofTopic,
        (_writer, { partition, batch }) => {
          writer.appendInt32(partition).appendBytes(batch, compact);
        },
        compact,
        compact,
      );
    },
    compact,
    compact,
  );
  return compact ? writer.appendTaggedFields() : writer;
}

function readAnswers(reader: Reader, compact: boolean): ReadonlyMap<string, ProduceAnswer> {
  const answers = reader.readArray(
    () => {
      const topic = reader.readString(compact);
      return reader.readArray(() => readPartition(reader, topic, compact), compact, compact);
    },
    compact,
    compact,
  );
  // What follows says how long the broker throttles us: it delays its answers by itself.
  return new Map(answers.flat());
}

function readPartition(reader: Reader, topic: string, compact: boolean): [string, ProduceAnswer] {
  const partition = reader.readInt32();
  const code = reader.readInt16();
  reader.readInt64(); // offset of the first record
  reader.readInt64(); // time of the log, where that counts
  reader.readInt64(); // first offset that is kept
  const records = reader.readArray(
    () => {
      const index = reader.readInt32();
      const message = reader.readNullableString(compact);
      return { index, message };
    },
    compact,
    compact,
  );
  const ofBatch = reader.readNullableString(compact);
  // Of a record the broker says what is wrong; of the batch only that it has such records.
  const message = records.find((record) => record.message !== null)?.message ?? ofBatch ?? undefined;
  const error = code === 0 ? undefined : (protocolErrorsCodesById[code] ?? String(code));
  return [nameOf({ topic, partition }), { error, records: records.map(({ index }) => index), message }];
}

const nameOf = ({ topic, partition }: Pick<ProducePart, 'topic' | 'partition'>): string => `${topic}-${partition}`;
