import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedPartitions } from '../comparison/compare.ts';
import type { ExpectedRecord } from '../comparison/source.ts';
import { type Dataset, type DatasetMessage, PARTITIONS } from '../flights/dataset.ts';

/** The part of a system with queues that the main job needs. */
export interface QueueFiller {
  /** Makes the queue if there is none. Absent if sending makes it. */
  ensure?(queue: string): Promise<void>;
  /** Sends durable messages in this order. */
  send(queue: string, messages: readonly DatasetMessage[]): Promise<void>;
}

export const queuesOf = (name: string): string[] => Array.from({ length: PARTITIONS }, (_, partition) => `${name}-${partition}`);

export interface QueueLoad {
  /** The name of the data set among others of this system. */
  readonly name: string;
  readonly dataset: Dataset;
  /** The folder that stores how far a load came, because a queue does not know what it has delivered. */
  readonly folder: string;
  /** Returns the message as RocketMQ must have it. */
  readonly expected: (message: DatasetMessage) => ExpectedRecord;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

/**
 * Fills eight queues with the data set, once. If an earlier load stopped, it continues with the chunk that was on its way, which may come
 * twice. It returns early if the signal is aborted.
 */
export async function loadQueues(filler: QueueFiller, load: QueueLoad): Promise<LoadedPartitions> {
  const { name, dataset, folder, expected, signal, onProgress } = load;
  const note = join(folder, `${name}.json`);
  const before = await readFile(note, 'utf8').then(
    (text) => (JSON.parse(text) as { rows: number }).rows,
    () => 0,
  );
  await mkdir(folder, { recursive: true });
  const queues = queuesOf(name);
  for (const queue of queues) await filler.ensure?.(queue);
  const records = queues.map(() => 0);
  let seen = 0;
  for await (const chunk of dataset.messages()) {
    if (signal.aborted) break;
    for (const { partition } of chunk) records[partition] = (records[partition] ?? 0) + 1;
    seen += chunk.length;
    if (seen <= before) continue;
    const byPartition = Map.groupBy(chunk, ({ partition }) => partition);
    await Promise.all([...byPartition].map(([partition, messages]) => filler.send(queues[partition] as string, messages)));
    await writeFile(note, JSON.stringify({ rows: seen }));
    onProgress(seen);
  }
  const partitions = queues.map((queue, partition) => ({
    name: queue,
    records: records[partition] ?? 0,
    read: () => expectedOf(partition, dataset, expected),
  }));
  return { added: Math.max(0, seen - before), partitions };
}

/** Yields the messages of a partition, as `expected` makes them. */
export async function* expectedOf(
  partition: number,
  dataset: Dataset,
  expected: (message: DatasetMessage) => ExpectedRecord,
): AsyncGenerator<ExpectedRecord[]> {
  for await (const chunk of dataset.messages()) yield chunk.filter((message) => message.partition === partition).map(expected);
}
