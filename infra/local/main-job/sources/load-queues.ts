import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedPartitions } from '../comparison/compare.ts';
import type { ExpectedRecord } from '../comparison/source.ts';
import { type Dataset, type DatasetMessage, PARTITIONS } from '../flights/dataset.ts';

/** What the main job needs of a system with queues. */
export interface QueueFiller {
  /** Makes the queue where there is none; absent where sending does. */
  ensure?(queue: string): Promise<void>;
  /** Appends in this order, durably. */
  send(queue: string, messages: readonly DatasetMessage[]): Promise<void>;
}

export const queuesOf = (name: string): string[] => Array.from({ length: PARTITIONS }, (_, partition) => `${name}-${partition}`);

export interface QueueLoad {
  /** Of the data set among others of this system. */
  readonly name: string;
  readonly dataset: Dataset;
  /** Where to note how far a load came: a queue does not tell what it has given away. */
  readonly folder: string;
  /** The message as RocketMQ must have it. */
  readonly expected: (message: DatasetMessage) => ExpectedRecord;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

/**
 * Fills eight queues with the data set, once: where an earlier load was cut off, goes on with the chunk that was on its way,
 * which may come twice. Aborted: returns early.
 */
export async function loadQueues(filler: QueueFiller, load: QueueLoad): Promise<LoadedPartitions> {
  const { name, dataset, folder, signal, onProgress } = load;
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
    read: () => expectedOf(partition, load),
  }));
  return { added: Math.max(0, seen - before), partitions };
}

async function* expectedOf(partition: number, { dataset, expected }: QueueLoad): AsyncGenerator<ExpectedRecord[]> {
  for await (const chunk of dataset.messages()) yield chunk.filter((message) => message.partition === partition).map(expected);
}
