import type { ConnectError } from './errors.ts';

/**
 * Where to resume in a partition, in the source's own notation (Kafka: the next offset, `"4711"`). Of a sink's queue: the next offset, and
 * when the broker stored the message before it, `"4711@1764402300000"`: a topic that was made again has another one there.
 * Opaque to the runtime, which stores it and hands it back; at most 16 KiB of UTF-8.
 */
export type Position = string;

/** A name may come more than once; the order of one name's values is kept. `null` is not the same as empty. */
export interface Header {
  readonly name: string;
  readonly value: Buffer | null;
}

/** What every record has, whichever way it travels. Bytes are never turned into text on the way. */
export interface ConnectRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
  /**
   * When the record came into being, in milliseconds since 1970; absent where the system does not say. A bigint beyond 2^53, which
   * producers reach that count in other units.
   */
  readonly timestamp?: number | bigint;
}

/** Bytes of key, value and headers. */
export function recordBytes(record: ConnectRecord & Pick<SourceRecord, 'bytes'>): number {
  if (record.bytes !== undefined) return record.bytes;
  const { key, value, headers } = record;
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) bytes += header.name.length + (header.value?.length ?? 0);
  return bytes;
}

/** A record on its way from a source to RocketMQ. */
export interface SourceRecord extends ConnectRecord {
  /** Name of the partition it was read from, as in the task's `partitions`. */
  readonly partition: string;
  /** The record's place in its partition (Kafka: its offset). With connector and partition it makes the deterministic message key, so a repeat has the same one. */
  readonly id: string;
  /**
   * Returns a name that stays the same each time the record is read, for records whose `id` changes. People name a refused record by it. The
   * runtime calls it for refused records only. Default: `id`.
   */
  readonly lastingId?: () => string;
  /** Where to resume once this record is acknowledged: the place right after it. */
  readonly position: Position;
  /** Records with one ordering key go to one queue and keep their order. A number picks queue `n mod queues`. Default: `partition`. */
  readonly orderingKey?: string | number;
  /** As `recordBytes` counts them, where the source knows it. */
  readonly bytes?: number;
  /** RocketMQ topic to write, in the connector's namespace. Must exist; its task fails where it does not. Default: `rocketmq.topic`. */
  readonly topic?: string;
  /** RocketMQ tag, without white space or `|`. Absent: none. */
  readonly tag?: string;
  /**
   * Why this can't be copied, for what was read and not understood: key, value and headers then hold its bytes as they came, or null.
   * The runtime sends none of it to the topic. With code RECORD_REFUSED the connector's `errors.tolerance` decides: the partition
   * stops before it, or it becomes a dead letter. With any other code the partition stops, because a dead letter could not
   * make up for it (a statement that changed unknown rows). A user may name it, `partition@id`, to go on behind it.
   */
  readonly refused?: ConnectError;
}

/** Partition and id tell a record from all others of its connector. */
export type NamedRecord = Pick<SourceRecord, 'partition' | 'id' | 'lastingId'>;

/** Returns the name by which a user means one record: `flights-0@4711`. */
export const placeOf = ({ partition, id, lastingId }: NamedRecord): string => `${partition}@${lastingId?.() ?? id}`;

/** A record on its way from RocketMQ to a sink. */
export interface SinkRecord extends ConnectRecord {
  /** RocketMQ topic that it was read from, in the connector's namespace. */
  readonly topic: string;
  /** Name of the queue that it was read from, as in the task's `partitions`: `topic:broker:queue`. */
  readonly partition: string;
  /**
   * Its place in the queue, from 0. With the partition it tells the record from all others, and is the same each time it is read. With
   * `sink.delivery: shared` a record that comes again has another partition and offset, those in RocketMQ's topic for retries.
   */
  readonly offset: number;
  /** RocketMQ's id of the message; absent where its client gave none. */
  readonly messageId?: string;
  readonly tag?: string;
  /** The message group of a FIFO topic. */
  readonly orderingKey?: string;
  /** When its client made the message, ms since 1970. */
  readonly bornAt: number;
  /** When the broker stored it, ms since 1970. */
  readonly storedAt: number;
  /** The deterministic key of the source that wrote it, where one did. */
  readonly sourceKey?: string;
}
