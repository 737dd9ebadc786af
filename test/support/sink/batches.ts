import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectError,
  type FailedRecord,
  type SinkBatch,
  type SinkRecord,
  type SinkTask,
  type SinkTaskContext,
  type SourceRecord,
  silentLogger,
} from '../../../src/api/index.ts';
import { messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';

const MINUTE_MS = 60_000;

type Given<C> = Pick<SinkTaskContext<C>, 'config' | 'clients'> & Partial<SinkTaskContext<C>>;

/** Makes a task as the runtime does, the first of its connector. */
export function created<C, T extends SinkTask>(create: new (context: SinkTaskContext<C>) => T, context: Given<C>): T {
  const common = { connector: 'lab', task: 0, taskConfig: { partitions: [] }, logger: silentLogger, positions: new Map(), epoch: 1 };
  return new create({ ...common, signal: new AbortController().signal, ...context });
}

/** Makes and starts one. */
export async function started<C, T extends SinkTask>(create: new (context: SinkTaskContext<C>) => T, context: Given<C>): Promise<T> {
  const task = created(create, context);
  await task.start();
  return task;
}

/** Writes once, by a task of its own. */
export async function writtenBy(starting: Promise<SinkTask>, records: readonly SinkRecord[]): Promise<readonly FailedRecord[]> {
  const task = await starting;
  try {
    return await write(task, records);
  } finally {
    await task.stop();
  }
}

/** Hands the task a batch of one queue. */
export async function write(
  task: SinkTask,
  records: readonly SinkRecord[],
  signal = new AbortController().signal,
  deadline = Date.now() + MINUTE_MS,
): Promise<readonly FailedRecord[]> {
  const { failed = [] } = await task.write({ ...batchOf(records), deadline, signal });
  return failed;
}

/** Writes again for as long as the failure may pass, as the runtime does. Resolves with the number of failures. */
export async function persist(attempt: () => Promise<unknown>): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    try {
      await attempt();
      return failures;
    } catch (error) {
      if (!(error instanceof ConnectError && error.retriable)) throw error;
      await sleep(100);
    }
  }
}

/** A batch of one queue, with the position behind its last record. */
export function batchOf(records: readonly SinkRecord[]): SinkBatch {
  const { partition, offset, storedAt } = records.at(-1) as SinkRecord;
  const position = `${offset + 1}@${storedAt}`;
  return { lane: partition, partition, records, position, deadline: Date.now() + MINUTE_MS, signal: new AbortController().signal };
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

/** A record of a source, behind RocketMQ. */
export function throughRocketmq(record: SourceRecord, offset: number): SinkRecord {
  const mapped = messageToRecord(recordToMessage('back', record));
  return { ...mapped, topic: 'orders', partition: 'orders:broker-a:0', offset, bornAt: 1_700_000_000_000, storedAt: 1_700_000_000_000 };
}
