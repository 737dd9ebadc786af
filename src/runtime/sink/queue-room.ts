/** Least memory of a queue: what one pull of a broker with default settings gives, twice. */
const QUEUE_BYTES = 512 * 1024;
const MAX_BATCH_BYTES = 1024 * 1024;
const MAX_BATCH_RECORDS = 1_000;
/** Of all queues together. Small records cost memory besides their bytes. */
const MAX_RECORDS = 32_000;

export interface RoomOptions {
  /** What a task may have read and not yet acknowledged. */
  readonly bytes: number;
  /** How many have something to copy. */
  readonly queues: number;
  /** Most records of a batch, where the sink says so. */
  readonly records: number | undefined;
  /** How many lanes a queue has that is ordered by key; undefined for one that is not. */
  readonly lanes: number | undefined;
}

export interface QueueRoom {
  readonly queuesAtOnce: number;
  /** What is read and waits, and what is taken of it at a time. */
  readonly feed: { readonly maxBytes: number; readonly maxRecords: number };
  readonly batch: { readonly records: number; readonly bytes: number };
  /** Only with lanes: more is taken below it. */
  readonly inFlight: { readonly records: number; readonly bytes: number };
}

/** Divides the memory of a task among its queues. */
export function queueRoom({ bytes, queues, records = MAX_BATCH_RECORDS, lanes }: RoomOptions): QueueRoom {
  const queuesAtOnce = Math.max(1, Math.min(queues, Math.floor(bytes / QUEUE_BYTES)));
  const share = bytes / queuesAtOnce;
  // Half of it is read and waits, half is written. Lanes get what is left of three parts: one is read, and one comes on top of their bound.
  const maxBytes = Math.min(MAX_BATCH_BYTES, Math.floor(share / (lanes === undefined ? 2 : 4)));
  return {
    queuesAtOnce,
    feed: { maxBytes, maxRecords: lanes === undefined ? records : Math.max(records, Math.min(MAX_BATCH_RECORDS, records * lanes)) },
    batch: { records, bytes: maxBytes },
    inFlight: { records: Math.max(MAX_BATCH_RECORDS, Math.floor(MAX_RECORDS / queuesAtOnce)), bytes: share - 2 * maxBytes },
  };
}
