import type { FailedRecord, SinkRecord, SinkTask } from '../../../src/api/index.ts';

const MINUTE_MS = 60_000;

/** Hands the task a batch of one queue. */
export async function write(
  task: SinkTask,
  records: readonly SinkRecord[],
  signal = new AbortController().signal,
  deadline = Date.now() + MINUTE_MS,
): Promise<readonly FailedRecord[]> {
  const partition = records[0]?.partition as string;
  const { failed = [] } = await task.write({ lane: partition, partition, records, position: 'p', deadline, signal });
  return failed;
}

/** Records as they come from a queue of the RocketMQ topic `orders`. */
export const queued = (count: number, from: (index: number) => Partial<SinkRecord>, queue = 0): SinkRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    topic: 'orders',
    partition: `orders:broker-a:${queue}`,
    offset,
    key: null,
    value: Buffer.from(String(offset)),
    headers: [],
    bornAt: 1_700_000_000_000 + offset,
    storedAt: 1_700_000_000_500 + offset,
    ...from(offset),
  }));
